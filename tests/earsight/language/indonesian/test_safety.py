"""Earsight never says in Indonesian that a way is clear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.indonesian.safety import promises_safety
from tests.earsight.language.indonesian.promises import ALLOWED, FORBIDDEN


@pytest.mark.parametrize("text", FORBIDDEN)
def test_the_rule_has_all_that_is_forbidden(text: str) -> None:
    assert promises_safety(text)


@pytest.mark.parametrize("text", ALLOWED)
def test_what_warns_or_only_names_may_be_said(text: str) -> None:
    assert not promises_safety(text)


filler = st.lists(
    st.sampled_from("di seorang pria anjing merah itu dan dengan dua orang".split()), max_size=5
)


@given(
    before=filler,
    text=st.sampled_from(FORBIDDEN),
    after=filler,
    between=st.sampled_from([" ", "  ", "-", ", ", " - ", "\u200b "]),
    shout=st.booleans(),
)
def test_in_any_sentence(before: list[str], text: str, after: list[str], between: str, shout: bool) -> None:
    sentence = between.join(" ".join(["gambar", *before, text, *after]).split())
    assert promises_safety(sentence.upper() if shout else sentence)


@pytest.mark.parametrize(
    "text", ["ＪＡＬＡＮ ＡＭＡＮ", "jalan a\u00adman", "JALAN... SEPI!", "jalan\nkosong"]
)
def test_no_spelling_hides_it(text: str) -> None:
    assert promises_safety(text)
