"""American and British ways to say a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.listening.pronunciation import pronunciations


@pytest.mark.parametrize(
    ("word", "american", "british"),
    [
        ("door", "D AO R", ["D AO"]),
        ("stairs", "S T EH R Z", ["S T EH AH Z", "S T EH UH Z"]),
        ("louder", "L AW D ER", ["L AW D AH", "L AA UW D ER", "L AA UW D AH", "L AW D UH", "L AA UW D UH"]),
        ("stop", "S T AA P", ["S T AO P"]),
        ("car", "K AA R", ["K AA"]),
        ("bag", "B AE G", ["B AA G"]),
        ("carrot", "K AE R AH T", ["K AA R AH T", "K AE R UH T", "K AA R UH T"]),
        ("erase", "ER EY S", ["AH R EY S", "UH R EY S"]),
        ("read", "R IY D", []),
        ("status", "S T AE T AH S", []),
    ],
)
def test_how_the_british_say_a_word(word: str, american: str, british: list[str]) -> None:
    assert pronunciations(word, [american]) == [american, *british]


PHONES = st.sampled_from("AA AE AO AH EH ER IY R K S T Z".split())


@given(st.lists(st.lists(PHONES, min_size=1).map(" ".join), min_size=1))
def test_the_american_ways_come_first_and_none_twice(american: list[str]) -> None:
    found = pronunciations("word", american)
    assert found[: len(set(american))] == list(dict.fromkeys(american))
    assert len(found) == len(set(found))
    assert all(found)
