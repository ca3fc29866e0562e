"""earsight describe: captions of photo files."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import numpy as np
from tqdm import tqdm

from earsight.cameras.photos import PhotoError, load_photo
from earsight.captioners.captioner import Captioner
from earsight.config.captioner import HUB_NAME, CaptionerSection
from earsight.config.schema import Config
from earsight.language.language import Description, Style
from earsight.language.utterance import Priority, Utterance
from earsight.scene import Caption, Frame, Scene
from earsight.vision.quality import assess


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    model = parser.add_mutually_exclusive_group()
    model.add_argument("--bundle", metavar="DIR", help="model bundle (default: the built-in one)")
    model.add_argument(
        "--model",
        metavar="NAME",
        help="image-to-text model of transformers instead: a name on the hub that was fetched, or a folder",
    )
    parser.add_argument(
        "--style",
        choices=[style.value for style in Style],
        help="how doubt is put, as wording.style (default: hedged)",
    )
    parser.add_argument("--speak", action="store_true", help="say the descriptions")
    parser.add_argument("--wav", type=Path, metavar="FILE", help="say the descriptions into a WAV file")
    parser.add_argument("--json", action="store_true", help="one JSON object a photo on standard output")
    parser.add_argument(
        "--evidence",
        action="store_true",
        help="with --json: all captions, what their confidence comes from, and what would be said, too",
    )


def run(arguments: argparse.Namespace) -> int:
    """0: all photos were described. 1: some could not be; each has its line on standard error."""
    from earsight.captioners.registry import build_captioner

    captioner = build_captioner(_section(arguments.bundle, arguments.model))
    captioner.warm_up()
    texts, failed = [], False
    for photo in _progress(arguments.photos):
        try:
            pixels, captions, timings = _describe(captioner, photo)
        except PhotoError as error:
            failed = True
            print(f"earsight: {error}", file=sys.stderr)
            continue
        said = _described(pixels, captions, arguments.style)
        texts.append(said.text)
        print(
            _as_json(photo, captions, timings, said if arguments.evidence else None)
            if arguments.json
            else f"{photo}: {said.text}",
            flush=True,
        )
    if arguments.speak or arguments.wav:
        asyncio.run(_speak(texts, arguments.wav))
    return 1 if failed else 0


def _section(bundle: str | None, model: str | None) -> CaptionerSection:
    """What the configuration would say. A folder that is there comes before a name on the hub."""
    if model is None:
        return CaptionerSection(bundle="builtin" if bundle in (None, "builtin") else Path(bundle))
    is_name = re.fullmatch(HUB_NAME, model) and not Path(model).is_dir()
    return CaptionerSection(engine="huggingface", model=model if is_name else Path(model))


def _progress(photos: list[Path]) -> Iterator[Path]:
    """A bar only where it is seen and does not mix with the captions."""
    hidden = len(photos) < 2 or _is_terminal(sys.stdout) or not _is_terminal(sys.stderr)
    yield from tqdm(photos, unit="photo", disable=hidden)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _describe(captioner: Captioner, photo: Path) -> tuple[np.ndarray, list[Caption], dict[str, float]]:
    """The photo, its captions, best first, and the milliseconds of each step. Raises PhotoError."""
    times = [time.perf_counter()]
    pixels = load_photo(photo)
    prepared = captioner.prepare(pixels)
    times.append(time.perf_counter())
    encoding = captioner.encode(prepared)
    times.append(time.perf_counter())
    captions = captioner.describe(encoding)
    times.append(time.perf_counter())
    names = ("preprocess", "encode", "decode")
    timings = {name: 1000 * (times[i + 1] - times[i]) for i, name in enumerate(names)}
    return pixels, captions, timings | {"total": 1000 * (times[-1] - times[0])}


def _as_json(
    photo: Path, captions: list[Caption], timings: dict[str, float], said: Description | None
) -> str:
    """said: what goes in with the evidence; None leaves both out."""
    row: dict[str, object] = {
        "image": str(photo),
        **_caption(captions[0]),
        "timings_ms": {name: round(value, 2) for name, value in timings.items()},
    }
    if said is not None:
        row |= {
            "says": said.text,
            "abstains": said.abstained,
            "captions": [_caption(caption) | {"evidence": _evidence(caption)} for caption in captions],
        }
    return json.dumps(row)


def _caption(caption: Caption) -> dict[str, object]:
    return {"caption": caption.text, "confidence": round(caption.confidence, 4)}


def _evidence(caption: Caption) -> dict[str, float]:
    log_probs = {"mean_log_prob": caption.mean_log_prob, "lowest_log_prob": caption.lowest_log_prob}
    return log_probs | dict(caption.evidence)


def _described(pixels: np.ndarray, captions: list[Caption], style: str | None) -> Description:
    """What the service would say by its defaults: also that a picture is too bad to be described."""
    from earsight.service.builders import build_policy

    policy = build_policy(Config())
    now = time.monotonic()
    problem = assess(Frame(pixels, now), policy.limits) if policy.limits else None
    phrasing = replace(policy.phrasing, style=Style(style)) if style else policy.phrasing
    return policy.language.describe(Scene(now, problem, captions=tuple(captions)), phrasing)


async def _speak(texts: list[str], wav: Path | None) -> None:
    """Say them one after the other; into a WAV file as fast as it can be written. Raises VoiceError."""
    from earsight.voice.registry import build_player, build_synthesizer
    from earsight.voice.speaker import Speaker
    from earsight.voice.wav import WavPlayer

    section = Config().voice
    player = WavPlayer(wav, real_time=False) if wav else build_player(section)
    speaker = Speaker(build_synthesizer(section), player, volume=section.volume)
    try:
        for text in texts:
            await speaker.say(Utterance(text, Priority.ANSWER, float("inf")))
    finally:
        await speaker.close()
