"""What has changed, in both languages."""

from __future__ import annotations

import pytest

from earsight.language.groups import Changes, Doubt, Group, Rank, Spot, rank_of
from earsight.language.languages import load_language, promises_safety
from earsight.language.vocabulary import THINGS
from earsight.scene import Direction

LEFT, AHEAD, RIGHT = Direction


def group(name: str, *where: Spot, number: float = 1, more: bool = False, close: bool = False) -> Group:
    return Group(name, number, where, Doubt.PLAIN, Rank.CLOSE if close else rank_of(name), more)


def said(changes: Changes, words: int = 14, language: str = "en") -> str:
    return load_language(language).changes(changes, words)[0]


COME = Changes(
    come=(group("car", AHEAD, close=True), group("person", LEFT, RIGHT, number=2, more=True)),
    gone=(group("dog"),),
)


def test_what_has_come() -> None:
    assert said(COME) == "A car close ahead, two more people on both sides."
    assert said(COME, language="id") == "Mobil dekat di depan, dua orang lagi di kiri dan kanan."


def test_what_does_not_fit_is_not_told() -> None:
    text, told = load_language("en").changes(COME, 6)
    assert text == "A car close ahead."
    assert told == Changes(come=COME.come[:1])
    assert load_language("en").changes(COME, 3) == ("", Changes())


def test_what_is_gone_is_told_where_nothing_has_come() -> None:
    gone = Changes(gone=COME.gone)
    assert load_language("en").changes(gone, 14) == ("Gone: a dog.", gone)
    assert said(gone, language="id") == "Sudah pergi: seekor anjing."


def test_no_change_is_not_told() -> None:
    assert load_language("en").changes(Changes(), 14) == ("", Changes())


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("name", [name for name, thing in THINGS.items() if not thing.place])
def test_nothing_that_comes_promises_anything(name: str, language: str) -> None:
    for number in (1, 3):
        for more in (False, True):
            text = said(Changes(come=(group(name, AHEAD, number=number, more=more),)), language=language)
            assert text
            assert not promises_safety(text)


@pytest.mark.parametrize("language", ["en", "id"])
def test_that_a_vehicle_is_gone_would_be_a_promise(language: str) -> None:
    gone = Changes(gone=(group("car", number=2),))
    assert said(gone, language=language) == ""
