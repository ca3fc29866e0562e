"""What is around the wearer, look by look, against what the wearer knows of it. Pure.

Detectors flicker. So a thing has come once it was there in two looks, and is gone once it was missing in two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from earsight.interaction.heard import SceneReport
from earsight.language.groups import Changes, Doubt, Group, Rank, Spot, in_order, rank_of
from earsight.language.vocabulary import with_kinds

_GONE = frozenset({"person", "animal"})
"""What is told when it is gone. A vehicle is not: that would promise that one may go."""

_STALE = 4
"""Looks after which it is too late to tell that something is gone."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of the things of one name: how many there are, how many of them are close, and where."""

    number: float = 0.0
    close: float = 0.0
    where: tuple[Spot, ...] = ()
    close_where: tuple[Spot, ...] = ()


@dataclass(slots=True)
class _Known:
    """What the wearer knows of the things of one name.

    Attributes:
        number: How many there are.
        is_close: Whether one is close.
        where: The directions that were told.
        missed: Looks in a row that showed none.
    """

    number: float
    is_close: bool
    where: tuple[Spot, ...]
    missed: int = 0


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look showed.

    Attributes:
        sure: What is likely, by name.
        possible: What is at least probable, by name.
    """

    sure: dict[str, _Seen] = field(default_factory=dict)
    possible: dict[str, _Seen] = field(default_factory=dict)


class Surroundings:
    """Compares what is there with what the wearer has heard."""

    def __init__(self) -> None:
        self._heard: SceneReport | None = None
        self._known: dict[str, _Known] = {}
        self._before = self._now = _Look()

    def look(self, groups: Sequence[Group], heard: SceneReport | None) -> Changes:
        """Take in what a look has shown, and tell what is not as the wearer knows it.

        Args:
            groups: All things that were seen, with their doubt.
            heard: The newest description that the wearer has heard.

        Returns:
            What has come or is close now, what matters first, and what is gone. It stays so until it was
            heard, or is over.
        """
        if heard is not self._heard:
            self._heard = heard
            self._known = {} if heard is None else _known(heard.things)
        sure = [group for group in groups if group.doubt is Doubt.PLAIN]
        possible = [group for group in groups if group.doubt is not Doubt.DOUBTFUL]
        self._before, self._now = self._now, _Look(_by_name(sure), _by_name(possible))
        self._forget()
        return Changes(tuple(self._come()), tuple(self._gone()))

    def known_after(self, told: Changes) -> tuple[Group, ...]:
        """What the wearer knows once some changes were heard."""
        known = {name: replace(each) for name, each in self._known.items()}
        for group in told.come:
            old = known.get(group.name, _Known(0.0, False, ()))
            more = max(old.number, group.number) if group.is_close else old.number + group.number
            where = in_order((*old.where, *group.where))
            known[group.name] = _Known(more, old.is_close or group.is_close, where)
        for group in told.gone:
            known.pop(group.name, None)
        return tuple(
            Group(name, each.number, each.where, Doubt.PLAIN, Rank.CLOSE if each.is_close else rank_of(name))
            for name, each in known.items()
        )

    def _come(self) -> list[Group]:
        found: list[Group] = []
        for name, now in self._now.sure.items():
            before, known = self._before.sure.get(name, _Seen()), self._known.get(name)
            number, close = min(now.number, before.number), min(now.close, before.close)
            heard = known.number if known else 0.0
            if close and not (known and known.is_close):
                found.append(Group(name, close, now.close_where, Doubt.PLAIN, Rank.CLOSE))
                heard = max(heard, close)
            if number > heard:
                more = math.inf if number == math.inf else number - heard
                where = _new_spots(now.where, known)
                found.append(Group(name, more, where, Doubt.PLAIN, rank_of(name), more=heard > 0))
        told = (group for group in found if not group.is_ground or group.rank is Rank.UNDERFOOT)
        return sorted(told, key=lambda group: group.rank)

    def _gone(self) -> list[Group]:
        return [
            Group(name, known.number, (), Doubt.PLAIN, rank_of(name))
            for name, known in self._known.items()
            if known.missed > 1
        ]

    def _forget(self) -> None:
        """What the wearer knows is over: it becomes new when it comes again."""
        for name, known in list(self._known.items()):
            now, before = (look.possible.get(name, _Seen()) for look in (self._now, self._before))
            known.missed = 0 if now.number else known.missed + 1
            if known.missed > 1:
                is_told = known.is_close and with_kinds(name) & _GONE and known.missed <= _STALE
                if not is_told:
                    del self._known[name]
                continue
            known.number = min(known.number, max(now.number, before.number, 1.0))
            known.is_close = known.is_close and (known.missed > 0 or max(now.close, before.close) > 0)


def _known(things: Iterable[Group]) -> dict[str, _Known]:
    seen = _by_name(things)
    return {name: _Known(each.number, each.close > 0, each.where) for name, each in seen.items()}


def _by_name(groups: Iterable[Group]) -> dict[str, _Seen]:
    seen: dict[str, _Seen] = {}
    for group in groups:
        old = seen.get(group.name, _Seen())
        where = in_order((*old.where, *group.where))
        new = replace(old, number=old.number + group.number, where=where)
        if group.is_close:
            new = replace(new, close=old.close + group.number, close_where=group.where)
        seen[group.name] = new
    return seen


def _new_spots(where: tuple[Spot, ...], known: _Known | None) -> tuple[Spot, ...]:
    """The directions that were not told, or all."""
    told = known.where if known else ()
    return tuple(spot for spot in where if spot not in told) or where
