"""A walk in replay: what narration says unasked, how much of it is new, and how much is true by labels.

    script/bench walk --labels FOLDER --table TABLE [--images FOLDER] [--bundle DIR] [--language id]
                      [--minutes 10] [--every 5] [--words 30] [--json]

FOLDER is a labelled set, as `earsight-train evaluate --labels` takes it; its photos, in the order of their
names, are what the camera sees one after the other, each for the same time. CamVid is a ride by a camera.
Everything is as on a device but the clock, which passes at once: the bundle looks, narration decides, speech
takes its time. All else but narration is left out: nobody presses, and nothing fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.immediate_looks import ImmediateLooks
from benchmarks.loop_clock import loop_clock
from earsight.cameras.photos import load_photo
from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.schema import Config
from earsight.interaction.context import Context, Policy
from earsight.interaction.look_interval import LookInterval
from earsight.interaction.narration import Narration
from earsight.interaction.preferences import Preferences
from earsight.language.language import Language
from earsight.message import message
from earsight.service.builders import adjustable, build_policy
from earsight.vision.describer import Describer, build_describer
from earsight.voice.speaker import SPEECH, Speaker
from earsight.voice.voice import Voice
from earsight_training.data.label_table import load_label_table
from earsight_training.data.labelled_sets import read_labelled_set
from earsight_training.data.labels import PhotoLabels
from earsight_training.scoring.answers import Answer
from earsight_training.scoring.spoken_things import named_classes, spoken_things
from earsight_training.scoring.thing_words import CLASSES
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.virtual_time import run

RECENT = 60.0
"""Seconds. A thing that was named no longer ago, in the same direction, is not new."""


@dataclass(frozen=True)
class Said:
    """Something that was said unasked.

    Attributes:
        at: When it began to sound, in seconds from the beginning.
        text: The words.
        photo: What the newest look before it has seen.
    """

    at: float
    text: str
    photo: PhotoLabels


@dataclass(frozen=True)
class Walk:
    """Figures of a walk.

    Attributes:
        utterances: How many there were.
        words_a_minute: On average.
        most_words: In any minute.
        repeated: Utterances that are the same as the one before.
        new: Share of the things named that are new, or told to be gone.
        true: Share of the judged things named that are there, or gone if that was said.
        wrong: Share of the utterances that say something that is not so.
        judged: How many things named are judged.
    """

    utterances: int
    words_a_minute: float
    most_words: int
    repeated: int
    new: float
    true: float
    wrong: float
    judged: int


def main() -> None:
    """Walk, and print what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--bundle", default="builtin")
    parser.add_argument("--language", choices=("en", "id"), default="en")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between looks")
    parser.add_argument("--words", type=int, help="a minute at most (default: that of the settings)")
    parser.add_argument("--json", action="store_true", help="print one JSON object, with all that was said")
    arguments = parser.parse_args()
    photos = _photos(arguments.labels, arguments.images, arguments.table)
    config = _config(arguments)
    policy = build_policy(config)
    with tqdm(total=round(60 * arguments.minutes), unit="s", disable=None) as progress:
        said = walk(photos, build_describer(config), policy, config, arguments.minutes, progress.update)
    figures = measure(said, arguments.minutes, policy.language)
    if arguments.json:
        spoken = [{"at": each.at, "text": each.text, "photo": each.photo.path.name} for each in said]
        print(json.dumps(vars(figures) | {"said": spoken}))
        return
    for each in said:
        print(f"{each.at:6.1f} s   {each.photo.path.name}   {each.text}")
    _print(figures)


def _photos(labels: Path, images: Path | None, table: Path) -> Sequence[PhotoLabels]:
    def named(caption: str) -> frozenset[str]:
        return named_classes(caption, "en")

    return read_labelled_set(labels, images, load_label_table(table), CLASSES, named).photos


def _config(arguments: argparse.Namespace) -> Config:
    bundle = arguments.bundle if arguments.bundle == "builtin" else Path(arguments.bundle)
    narration: dict[str, object] = {"every": arguments.every}
    if arguments.words is not None:
        narration["words_per_minute"] = arguments.words
    return Config.model_validate(
        {
            "language": arguments.language,
            "captioner": OnnxCaptionerSection(bundle=bundle),
            "narration": narration,
        }
    )


def walk(
    photos: Sequence[PhotoLabels],
    describer: Describer,
    policy: Policy,
    config: Config,
    minutes: float,
    passed: Callable[[float], object],
) -> list[Said]:
    """Narrate a walk.

    Args:
        photos: What is seen, each for the same time.
        describer: Describes them.
        policy: What narration goes by.
        config: The rate of speech, and how often narration looks.
        minutes: Of the walk.
        passed: Called with the seconds that have passed since it was called before.

    Returns:
        What was said.
    """
    return run(_walk(photos, describer, policy, config, 60 * minutes, passed))


async def _walk(
    photos: Sequence[PhotoLabels],
    describer: Describer,
    policy: Policy,
    config: Config,
    seconds: float,
    passed: Callable[[float], object],
) -> list[Said]:
    with loop_clock():
        seen = _Photos(photos, seconds, passed)
        looks = ImmediateLooks(seen.at, describer)
        said: list[Said] = []

        def note(kind: str, text: str | None, at: float) -> None:
            if kind == SPEECH and text is not None:
                said.append(Said(at, text, seen.newest))

        speaker = Speaker(Voice(ToneSynthesizer(), FastPlayer(speed=1.0)), on_sound=note)
        context = Context(looks, speaker, policy, Preferences(adjustable(config), None))
        narration = Narration(context, lambda: False)
        # How long a look takes here says nothing: no time passes meanwhile.
        narration.interval = LookInterval(share=0.0)
        narrating = asyncio.create_task(narration.run())
        await asyncio.sleep(seconds)
        narrating.cancel()
        await asyncio.wait([narrating])
        await speaker.close()
        return said


class _Photos:
    """Each photo for the same time.

    Attributes:
        newest: That was looked at last.
    """

    def __init__(
        self, photos: Sequence[PhotoLabels], seconds: float, passed: Callable[[float], object]
    ) -> None:
        self.newest = photos[0]
        self._photos, self._each, self._passed = photos, seconds / len(photos), passed
        self._last = 0.0

    def at(self, now: float) -> np.ndarray:
        self._passed(now - self._last)
        self._last = now
        self.newest = self._photos[min(int(now / self._each), len(self._photos) - 1)]
        return load_photo(self.newest.path)


def measure(said: Sequence[Said], minutes: float, language: Language) -> Walk:
    """Measure what was said on a walk.

    Args:
        said: In order.
        minutes: Of the walk.
        language: That it was said in.
    """
    named = new = judged = true = wrong = 0
    last_named: dict[tuple[frozenset[str], frozenset[str]], float] = {}
    for each in said:
        is_gone = each.text.startswith(language.text(message("narration.gone", things="")).rstrip(" ."))
        things = spoken_things(each.text, language.code)
        answer = Answer(each.photo, each.text, things, ())
        known = [thing for thing in things if thing.classes <= each.photo.judged]
        false = [thing for thing in known if (thing in answer.wrong) != is_gone]
        judged, true, wrong = judged + len(known), true + len(known) - len(false), wrong + bool(false)
        for thing in things:
            key = (thing.classes, thing.directions)
            named += 1
            new += is_gone or each.at - last_named.get(key, -RECENT) >= RECENT
            last_named[key] = each.at
    words = [len(each.text.split()) for each in said]
    return Walk(
        utterances=len(said),
        words_a_minute=sum(words) / minutes,
        most_words=_most_in_a_minute(said, words),
        repeated=sum(one.text == other.text for one, other in pairwise(said)),
        new=new / max(1, named),
        true=true / max(1, judged),
        wrong=wrong / max(1, len(said)),
        judged=judged,
    )


def _most_in_a_minute(said: Sequence[Said], words: Sequence[int]) -> int:
    def since(begin: float) -> int:
        return sum(
            count for each, count in zip(said, words, strict=True) if begin <= each.at < begin + RECENT
        )

    return max((since(each.at) for each in said), default=0)


def _print(figures: Walk) -> None:
    print(f"\nutterances          {figures.utterances:8}   {figures.repeated} the same as the one before")
    print(f"words a minute      {figures.words_a_minute:8.1f}   {figures.most_words} in one minute at most")
    print(f"things named, new   {figures.new:8.1%}   not named in the same direction for {RECENT:.0f} s")
    print(f"things named, true  {figures.true:8.1%}   of {figures.judged} that the labels judge")
    print(f"utterances wrong    {figures.wrong:8.1%}")


if __name__ == "__main__":
    main()
