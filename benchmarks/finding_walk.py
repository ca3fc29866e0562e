"""Made-up walks for the benchmark of finding: a photo that moves and zooms under the camera while the action
find goes on, on a clock that passes at once."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import mean, median

import numpy as np

from benchmarks.finding_searches import Search
from benchmarks.immediate_looks import ImmediateLooks
from benchmarks.loop_clock import loop_clock
from earsight.cameras.photos import load_photo
from earsight.config.schema import Config
from earsight.interaction.context import Policy
from earsight.interaction.narrator import Narrator
from earsight.interaction.preferences import Preferences
from earsight.language.finding import unseen_text
from earsight.scene import Direction
from earsight.service.builders import adjustable
from earsight.vision.describer import Describer
from earsight.voice.sound import Sound
from earsight.voice.speaker import SPEECH, Speaker
from earsight.voice.voice import Voice
from earsight_training.data.labels import LabelBox
from earsight_training.scoring.spoken_things import spoken_things
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.virtual_time import run

SECONDS = 20.0
"""Of a walk: the view goes to the right edge of the photo and back, twice."""

_SEEN_SHARE = 0.6
"""Of its box, from which a thing is in the view."""

_OFF_MIDDLE = 0.1
"""Of the view's width: nearer to the middle, a tick has no side."""


@dataclass(frozen=True)
class View:
    """What of a photo is in front of the camera: its left upper corner and its size, 0..1 of the photo."""

    left: float
    top: float
    size: float

    def of(self, pixels: np.ndarray) -> np.ndarray:
        height, width = pixels.shape[:2]
        top, left = round(self.top * height), round(self.left * width)
        seen = pixels[top : top + round(self.size * height), left : left + round(self.size * width)]
        return np.ascontiguousarray(seen)

    def middle(self, box: LabelBox) -> float | None:
        """Where the middle of what is seen of a box is, 0..1 from left to right; None if too little is."""
        left, right = max(box.left, self.left), min(box.right, self.left + self.size)
        top, bottom = max(box.top, self.top), min(box.bottom, self.top + self.size)
        area = (box.right - box.left) * (box.bottom - box.top)
        if right <= left or bottom <= top or (right - left) * (bottom - top) < _SEEN_SHARE * area:
            return None
        return ((left + right) / 2 - self.left) / self.size


def view_at(now: float) -> View:
    """The view so many seconds after the beginning: to and fro, now nearer and now further away."""
    size = 0.7 - 0.15 * math.cos(2 * math.pi * now / 7)
    across = 0.5 - 0.5 * math.cos(2 * math.pi * now / (SECONDS / 2))
    return View((1 - size) * across, (1 - size) / 2, size)


@dataclass
class Walk:
    """What was heard on one walk, with when it began."""

    words: list[tuple[float, str]] = field(default_factory=list)
    ticks: list[tuple[float, float]] = field(default_factory=list)
    """Times and places, 0..1 from left to right."""


@dataclass(frozen=True)
class WalkFigures:
    """Figures of all walks. Shares are 0..1.

    Attributes:
        walks: With the thing, and as many without.
        looks: In all.
        sides_said: Directions that were said while the thing was in view.
        sides_right: Share of them that were right when they began to sound.
        ticks: While the thing was in view and not in the middle.
        ticks_right: Share of them on the right side.
        ticks_off: Mean distance of a tick from the thing, in widths of the view.
        found: Share of the walks with the thing on which it was said to be there while it was.
        seconds_to_words: Median from when the thing came into view to the first words of it.
        denied: Share of the walks with the thing on which it was said not to be seen, or meant where that is
            never said, after it had been in view for the four seconds before.
        words_a_minute: On walks with the thing.
        falsely_said: Share of the walks without the thing on which it was said to be there.
        falsely_ticked: Share of the time of walks without the thing for which ticks led to it.
    """

    walks: int
    looks: int
    sides_said: int
    sides_right: float
    ticks: int
    ticks_right: float
    ticks_off: float
    found: float
    seconds_to_words: float
    denied: float
    words_a_minute: float
    falsely_said: float
    falsely_ticked: float


def walk_figures(searches: Sequence[Search], describer: Describer, policy: Policy, count: int) -> WalkFigures:
    """Walk with photos that have a large thing, one only, and with as many that don't have what is sought."""
    there = [each for each in searches if each.is_large and len(each.photo.boxes[each.name]) == 1]
    absent = [each for each in searches if not each.is_there]
    spread = [_spread(chosen, count) for chosen in (there, absent)]
    walker = _Walker(describer, policy)
    with_it = [(each, walker.walk(each)) for each in spread[0]]
    without = [(each, walker.walk(each)) for each in spread[1]]
    return _measured(with_it, without, walker)


def _spread(searches: Sequence[Search], count: int) -> list[Search]:
    """So many, from all over."""
    step = max(1.0, len(searches) / max(1, count))
    return [searches[int(at * step)] for at in range(min(count, len(searches)))]


class _Ears(FastPlayer):
    """Keeps when which ticks began, and where they are."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(speed=1.0)
        self._walk = walk

    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        if sound.channels == 2:
            left, right = np.sqrt((sound.samples.astype(np.float64) ** 2).sum(axis=0))
            self._walk.ticks.append((time.monotonic(), math.atan2(right, left) / (math.pi / 2)))
        await super().play(sound, started)


class _Walker:
    """Walks, and counts its looks."""

    def __init__(self, describer: Describer, policy: Policy) -> None:
        self.policy = policy
        self._describer = describer
        self.looks = 0

    def walk(self, search: Search) -> Walk:
        return run(self._walk(search))

    async def _walk(self, search: Search) -> Walk:
        with loop_clock():
            walk = Walk()
            pixels = load_photo(search.photo.path)
            looks = ImmediateLooks(lambda now: view_at(now).of(pixels), self._describer)

            def note(kind: str, text: str | None, at: float) -> None:
                if kind == SPEECH and text is not None:
                    walk.words.append((at, text))

            speaker = Speaker(Voice(ToneSynthesizer(), _Ears(walk)), on_sound=note)
            narrator = Narrator(looks, speaker, self.policy, Preferences(adjustable(Config()), None))
            narrator.do("find", argument=search.name)
            await asyncio.sleep(SECONDS)
            await narrator.close()
            await speaker.close()
            self.looks += looks.count
            walk.words = walk.words[1:]  # without "Looking for ..."
            return walk


def _measured(
    with_it: Sequence[tuple[Search, Walk]], without: Sequence[tuple[Search, Walk]], walker: _Walker
) -> WalkFigures:
    sides: list[bool] = []
    errors: list[float] = []
    on_side: list[bool] = []
    waits: list[float] = []
    for search, walk in with_it:
        sides += _sides(search, walk)
        for at, place in walk.ticks:
            middle = view_at(at).middle(search.photo.boxes[search.name][0])
            if middle is not None:
                errors.append(abs(place - middle))
                on_side += [(place > 0.5) == (middle > 0.5)] if abs(middle - 0.5) > _OFF_MIDDLE else []
        waits += _wait(search, walk)
    said = [text for _, walk in with_it for _, text in walk.words]
    return WalkFigures(
        walks=len(with_it),
        looks=walker.looks,
        sides_said=len(sides),
        sides_right=_share(sides),
        ticks=len(on_side),
        ticks_right=_share(on_side),
        ticks_off=mean(errors) if errors else 0.0,
        found=len(waits) / max(1, len(with_it)),
        seconds_to_words=median(waits) if waits else 0.0,
        denied=_share([_is_denied(search, walk, walker.policy) for search, walk in with_it]),
        words_a_minute=sum(len(text.split()) for text in said) / max(1e-9, len(with_it) * SECONDS / 60),
        falsely_said=_share(
            [any(_directions(search, text) for _, text in walk.words) for search, walk in without]
        ),
        falsely_ticked=_share([at in _ticking(walk) for _, walk in without for at in range(int(SECONDS))]),
    )


def _share(judged: Sequence[bool]) -> float:
    return sum(judged) / max(1, len(judged))


def _ticking(walk: Walk) -> set[int]:
    """The seconds in which there were ticks."""
    return {int(at) for at, _ in walk.ticks}


def _directions(search: Search, text: str) -> frozenset[str]:
    """In which directions a text says that the thing is."""
    things = [each for each in spoken_things(text, "en") if search.name in each.classes]
    return frozenset().union(*(each.directions for each in things))


def _sides(search: Search, walk: Walk) -> list[bool]:
    """For all words that say where the thing is while it is in view: whether it is there."""
    judged = []
    for at, text in walk.words:
        said, middle = _directions(search, text), view_at(at).middle(search.photo.boxes[search.name][0])
        if said and middle is not None:
            third = list(Direction)[min(2, int(3 * middle))]
            judged.append(str(third) in said)
    return judged


def _wait(search: Search, walk: Walk) -> list[float]:
    """How long the thing had been in view when it was first said to be there; empty if it never was."""
    box = search.photo.boxes[search.name][0]
    for at, text in walk.words:
        if _directions(search, text) and view_at(at).middle(box) is not None:
            since = at
            while since > 0 and view_at(since - 0.05).middle(box) is not None:
                since -= 0.05
            return [at - since]
    return []


def _is_denied(search: Search, walk: Walk, policy: Policy) -> bool:
    box = search.photo.boxes[search.name][0]
    unseen = unseen_text(search.name, 0.0, policy.finding.limits, policy.language)
    return any(
        text == unseen and all(view_at(at - back / 10).middle(box) is not None for back in range(40))
        for at, text in walk.words
    )
