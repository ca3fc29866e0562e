"""The table of things on the page: what, in which direction, how likely."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from earsight.language.groups import Group, Rank
from earsight.language.language import Phrasing, capitalized
from earsight.language.languages import load_language
from earsight.language.scene_plan import groups
from earsight.scene import Direction, Scene
from earsight_server.words import CLOSE, DIRECTIONS, DOUBTS, UNKNOWN, text


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    Attributes:
        what: The thing, with its number.
        where: Its direction.
        doubt: How likely it is, in a word and in per cent.
    """

    what: str
    where: str
    doubt: str


def rows(scene: Scene, phrasing: Phrasing, language: str) -> list[Row]:
    """What was found, what matters first."""
    return [_row(group, language) for group in groups(scene, phrasing)]


def _row(group: Group, language: str) -> Row:
    grammar = load_language(language)
    alone = replace(group, where=(), rank=Rank.OTHER)
    named = grammar.heading(group.name) if group.is_ground else grammar.things([alone])
    return Row(
        capitalized(named),
        capitalized(_where(group, language)),
        f"{capitalized(text(DOUBTS[group.doubt], language))}, {min(99, round(100 * group.confidence))} %",
    )


def _where(group: Group, language: str) -> str:
    spots = [text(DIRECTIONS[spot], language) for spot in _directions(group)]
    near = [text(CLOSE, language)] if group.is_close else []
    return ", ".join(near + spots) or text(UNKNOWN, language)


def _directions(group: Group) -> Iterable[Direction]:
    return (spot for spot in group.where if isinstance(spot, Direction))
