"""earsight describe: captions of photo files."""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from dataclasses import dataclass
from pathlib import Path

from earsight.cameras.photos import load_photo
from earsight.commands.arguments import file_path
from earsight.commands.described_rows import described_row, evidence_row
from earsight.commands.each_photo import Told, add_photos, tell_each
from earsight.config.captioner import (
    HUB_NAME,
    AnyCaptioner,
    AnyDecoding,
    BeamDecoding,
    GreedyDecoding,
    HuggingFaceCaptionerSection,
    NucleusDecoding,
    OnnxCaptionerSection,
)
from earsight.config.loader import load_config
from earsight.config.schema import Config
from earsight.errors import CaptionerError
from earsight.language.language import Description, Style
from earsight.language.utterance import Priority, Utterance
from earsight.scene import Frame
from earsight.vision.describer import Describer, Look, LookRequest, build_describer

EXAMPLES = ("photo.jpg", "--json photo.jpg")

_DECODINGS: dict[str, AnyDecoding] = {
    "beam": BeamDecoding(),
    "greedy": GreedyDecoding(method="greedy"),
    "nucleus": NucleusDecoding(method="nucleus"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_photos(parser)
    model = parser.add_mutually_exclusive_group()
    model.add_argument("--bundle", metavar="DIR", help="model bundle (default: the built-in one)")
    model.add_argument(
        "--config", type=Path, metavar="FILE", help="the engine and all else of a settings file"
    )
    model.add_argument(
        "--model",
        metavar="NAME",
        help="image-to-text model of transformers instead: its folder, or its name on the hub",
    )
    parser.add_argument(
        "--style",
        choices=[style.value for style in Style],
        help="how doubt is expressed; see wording.style (default: hedged)",
    )
    parser.add_argument(
        "--decode",
        choices=[*_DECODINGS],
        help="how captions are found; see captioner.decode (default: beam)",
    )
    parser.add_argument("--speak", action="store_true", help="say the descriptions aloud")
    parser.add_argument("--wav", type=file_path, metavar="FILE", help="speak into a WAV file")
    parser.add_argument(
        "--evidence",
        action="store_true",
        help="with --json: add all captions and detections, even of pictures that are too bad to be "
        "described, and what their confidence is computed from",
    )


def run(arguments: argparse.Namespace) -> int:
    """Describe each photo in turn.

    Returns:
        0 if all photos were described, 1 if some could not be: each of these has its line on standard error,
        or its object if the output is JSON.
    """
    config = _config(arguments)
    describer = build_describer(config)
    describer.warm_up()

    def told(photo: Path) -> Told:
        described = _describe(describer, photo, config)
        row = _row(described)
        if arguments.evidence:
            full = _full_look(describer, described, config.language)
            row |= evidence_row(full, config.captioner.calibrated_as)
        return Told(described.said.text, row)

    texts, status = tell_each(arguments.photos, told, as_json=arguments.json)
    if arguments.speak or arguments.wav:
        asyncio.run(_speak(texts, config, arguments.wav))
    return status


def _config(arguments: argparse.Namespace) -> Config:
    """The default settings or those of a file, with what the command line says instead.

    Raises:
        ConfigError: The file is wrong.
        CaptionerError: The command line asks for what it can't change.
    """
    if arguments.config is None:
        captioner = _captioner(arguments.bundle, arguments.model, arguments.decode)
        config = Config(language=arguments.language or "en", captioner=captioner)
    elif arguments.decode is None:
        config = load_config(arguments.config)
        config = config.model_copy(update={"language": arguments.language or config.language})
    else:
        raise CaptionerError("--decode is in the settings: leave it out with --config")
    if arguments.style is None:
        return config
    return config.model_copy(update={"wording": config.wording.model_copy(update={"style": arguments.style})})


def _captioner(bundle: str | None, model: str | None, decode: str | None) -> AnyCaptioner:
    """What the settings would say. A folder that is there comes before a name on the hub.

    Raises:
        CaptionerError: A model of transformers is to decode as bundles do.
    """
    if model is None:
        return OnnxCaptionerSection(
            bundle="builtin" if bundle in (None, "builtin") else Path(bundle),
            decode=_DECODINGS[decode or "beam"],
        )
    if decode is not None:
        raise CaptionerError("--decode is how model bundles caption: leave it out with --model")
    is_name = re.fullmatch(HUB_NAME, model) and not Path(model).is_dir()
    return HuggingFaceCaptionerSection(engine="huggingface", model=model if is_name else Path(model))


@dataclass(frozen=True, slots=True)
class _Described:
    """A photo that was described.

    Attributes:
        frame: Its pixels.
        look: What was found in them.
        loading: Seconds for reading the file.
        said: What a wearer would hear.
    """

    frame: Frame
    look: Look
    loading: float
    said: Description


def _describe(describer: Describer, photo: Path, config: Config) -> _Described:
    """Describe a photo as a service with these settings would.

    Raises:
        PhotoError: The file can't be used as a photo.
        CaptionerError: The captioner failed.
    """
    from earsight.service.builders import build_policy

    policy = build_policy(config)
    began = time.perf_counter()
    frame = Frame(load_photo(photo), time.monotonic())
    loading = time.perf_counter() - began
    look = describer.describe(frame, LookRequest(policy.limits, language=config.language))
    return _Described(frame, look, loading, policy.language.describe(look.scene, policy.phrasing))


def _full_look(describer: Describer, described: _Described, language: str) -> Look:
    """The look, and of a picture that is too bad to be described one that goes on all the same."""
    look = described.look
    if look.scene.problem is None:
        return look
    return describer.describe(described.frame, LookRequest(language=language))


def _row(described: _Described) -> dict[str, object]:
    """The JSON object of a photo, but for its name."""
    return described_row(described.said, described.look, described.loading)


async def _speak(texts: list[str], config: Config, wav: Path | None) -> None:
    """Say them one after the other; into a WAV file as fast as it can be written. Raises VoiceError."""
    from earsight.voice.registry import build_player, build_synthesizer
    from earsight.voice.speaker import Speaker
    from earsight.voice.voice import Voice
    from earsight.voice.wav import WavPlayer

    section = config.voice
    player = WavPlayer(wav, real_time=False) if wav else build_player(section)
    voice = Voice(build_synthesizer(section, config.language), player)
    speaker = Speaker(voice, volume=section.volume, rate=section.rate)
    try:
        for text in texts:
            await speaker.say(Utterance(text, Priority.ANSWER, config.language))
    finally:
        await speaker.close()
