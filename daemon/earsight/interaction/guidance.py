"""Guiding to a thing, from look to look: when what is said of it, and how the ticks sound. Pure.

Detectors flicker, and a voice that chatters says nothing. So what is seen is smoothed over looks; what has
been said is said again only when it has become surer, has come to another place and stays there, or was lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from earsight.interaction import finding_times
from earsight.language.finding import FindingLimits, sighting, worth
from earsight.language.groups import Doubt, Group, Spot
from earsight.language.language import Phrasing
from earsight.scene import Box, DetectedObject, Problem

_FADES = 0.1
"""How far the probability may sink below what the ticks begin at before they end."""

_SAME = 0.2
"""How near to where the thing was something is taken for the same, in widths of the picture."""

_LOYALTY = 0.15
"""By how much probability another one has to be worth more to take its place."""

_BORDER = 0.04
"""How far beyond the border of a direction the thing has to be before that is told, in widths."""


@dataclass(frozen=True, slots=True)
class Seen:
    """It is to be said that the thing is there."""

    group: Group


@dataclass(frozen=True, slots=True)
class Unseen:
    """It is to be said that the thing is not seen, or why nothing is.

    Attributes:
        presence: The probability that it is there all the same, 0..1.
        problem: Why the pictures can't be used, if that is so.
    """

    presence: float
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class Tick:
    """How the ticks sound now.

    Attributes:
        pan: From -1 on the left to 1 on the right.
        interval: Seconds from one to the next.
    """

    pan: float
    interval: float


@dataclass(frozen=True, slots=True)
class FindSettings:
    """How things are looked for.

    Attributes:
        favourites: What the menu offers, as words of any language.
        looks_per_second: At most; fewer where the board can't keep up.
        limits: How probable a thing has to be.
    """

    favourites: tuple[str, ...] = ("door",)
    looks_per_second: float = 8.0
    limits: FindingLimits = field(default_factory=FindingLimits)


Cue = Seen | Unseen | Tick | None


def tick_at(place: float) -> Tick:
    """The ticks of a thing: its side is theirs, and they are faster the nearer it is to the middle.

    Args:
        place: Of its middle, 0..1 of the picture's width.
    """
    fastest, slowest = finding_times.FASTEST, finding_times.SLOWEST
    pan = min(max(2 * place - 1, -1.0), 1.0)
    return Tick(pan, fastest + (slowest - fastest) * abs(pan))


class Guidance:
    """What the wearer hears of one thing that is looked for. All times are seconds on time.monotonic()."""

    def __init__(self, limits: FindingLimits, phrasing: Phrasing, now: float) -> None:
        """Args:
        limits: How probable the thing has to be.
        phrasing: How it is worded; its directions are those that are told.
        now: When the search begins.
        """
        self._limits, self._phrasing = limits, limits.phrasing(phrasing)
        self._last_look: float | None = None
        self._lost_after = finding_times.LOST
        self._chance = self._presence = 0.0
        self._found: DetectedObject | None = None
        self._found_at = -math.inf
        self._problem: Problem | None = None
        self._is_there = False
        self._there_since = self._lost_at = now
        self._told: Group | None = None
        self._told_at = -math.inf
        self._elsewhere_since: float | None = None
        self._unseen_at = -math.inf

    def look(self, at: float, found: Iterable[DetectedObject], presence: float) -> None:
        """Take in what a look has shown.

        Args:
            at: When its picture was taken. What is not newer than the last one changes nothing.
            found: What is the thing, or may be.
            presence: The probability that the picture shows one, 0..1.
        """
        if self._last_look is not None and at <= self._last_look:
            return
        step = finding_times.LONGEST_STEP
        if self._last_look is not None:
            since = at - self._last_look
            step = min(step, since)
            slow = min(2 * since, finding_times.LOST_AT_THE_SLOWEST)
            self._lost_after = max(finding_times.LOST, slow)
        self._last_look, self._problem = at, None
        chosen = self._chosen(each for each in found if each.confidence >= self._limits.maybe)
        chance = presence if chosen is None else chosen.confidence
        share = 1 - math.exp(-step / finding_times.SMOOTHING)
        self._chance += share * (chance - self._chance)
        self._presence += share * (presence - self._presence)
        if chosen is not None:
            self._follow(chosen, at, 1 - math.exp(-step / finding_times.FOLLOWING))

    def resumed(self, now: float) -> None:
        """Pictures come again after a time without: one look without the thing is not told yet."""
        self._lost_at = now

    def unusable(self, problem: Problem) -> None:
        """A picture could not be used: it says nothing of the thing."""
        self._problem = problem

    def cue(self, now: float) -> Cue:
        """What is to be heard now. What is to be said counts as said."""
        self._notice(now)
        if not self._is_there:
            return self._unseen(now)
        group = sighting(self._now_found(), self._phrasing)
        if group is not None and self._is_news(group, now):
            self._told, self._told_at, self._elsewhere_since = group, now, None
            return Seen(group)
        box = self._found.box if self._found else None
        return tick_at(_middle(box)) if box is not None else None

    def _chosen(self, found: Iterable[DetectedObject]) -> DetectedObject | None:
        """The likeliest and most central one; the one that was followed as long as no other is far better."""
        before = self._found.box if self._is_there and self._found else None

        def value(each: DetectedObject) -> float:
            is_same = before is not None and each.box is not None and _distance(before, each.box) < _SAME
            return worth(each) + (_LOYALTY if is_same else 0.0)

        return max(found, key=value, default=None)

    def _follow(self, chosen: DetectedObject, at: float, share: float) -> None:
        before = self._found.box if self._found is not None else None
        is_same = before is not None and chosen.box is not None and _distance(before, chosen.box) < _SAME
        if is_same and before is not None and chosen.box is not None:
            moved = (1 - share) * (_middle(before) - _middle(chosen.box))
            box = replace(chosen.box, left=chosen.box.left + moved, right=chosen.box.right + moved)
            chosen = replace(chosen, box=box)
        self._found, self._found_at = chosen, at

    def _now_found(self) -> DetectedObject:
        assert self._found is not None  # else it would not be there
        return replace(self._found, confidence=max(self._chance, self._limits.maybe))

    def _notice(self, now: float) -> None:
        """Whether the thing is there: it begins and ends at different probabilities."""
        least = self._limits.maybe - (_FADES if self._is_there else 0.0)
        is_recent = now - self._found_at <= self._lost_after and self._found is not None
        is_there = is_recent and self._chance >= least
        if self._is_there and not is_there:
            self._lost_at = now
        if is_there and not self._is_there:
            self._there_since = now
        self._is_there = is_there

    def _unseen(self, now: float) -> Unseen | None:
        due = max(self._lost_at + finding_times.UNSEEN, self._unseen_at + finding_times.UNSEEN_AGAIN)
        if now < due:
            return None
        self._unseen_at = now
        return Unseen(self._presence, self._problem)

    def _is_news(self, group: Group, now: float) -> bool:
        told = self._told
        if told is None or self._unseen_at > self._told_at:
            # Until it is as sure as it will be; the ticks have begun already.
            return now - self._there_since >= finding_times.STEADY
        is_surer = group.doubt < told.doubt is Doubt.DOUBTFUL
        if not self._is_elsewhere(told.where, now) and not is_surer:
            return False
        return now - self._told_at >= finding_times.REPEAT

    def _is_elsewhere(self, told: tuple[Spot, ...], now: float) -> bool:
        """Whether it has been clearly in another direction for a while."""
        box = self._found.box if self._found is not None else None
        if box is None:
            return False
        if any(self._spots(box, shift) == told for shift in (-_BORDER, 0.0, _BORDER)):
            self._elsewhere_since = None
            return False
        if self._elsewhere_since is None:
            self._elsewhere_since = now
        return now - self._elsewhere_since >= finding_times.STEADY

    def _spots(self, box: Box, shift: float) -> tuple[Spot, ...]:
        moved = replace(box, left=box.left + shift, right=box.right + shift)
        group = sighting(replace(self._now_found(), box=moved), self._phrasing)
        return group.where if group is not None else ()


def _middle(box: Box) -> float:
    return (box.left + box.right) / 2


def _distance(one: Box, other: Box) -> float:
    return abs(_middle(one) - _middle(other))
