"""The texts that neural engines are given: in pieces that are not too long."""

from hypothesis import given
from hypothesis import strategies as st

from earsight.voice.engine_child import _LONGEST_PIECE, pieces


def test_a_short_text_is_one_piece():
    assert list(pieces("Dr. Smith sits. It is 7.30.")) == ["Dr. Smith sits. It is 7.30."]
    assert list(pieces("")) == []


def test_a_long_text_is_cut_between_sentences():
    sentence = "A dog runs over the long green grass."
    found = list(pieces(" ".join([sentence] * 30)))
    assert len(found) > 3
    assert all(piece.endswith(".") for piece in found)


def test_a_long_sentence_is_cut_between_words():
    assert all(set(piece.split()) == {"word"} for piece in pieces("word " * 500))


@given(st.text(alphabet=st.sampled_from("ab. !?\n"), max_size=2000), st.integers(0, 3))
def test_nothing_is_lost_and_no_piece_is_too_long(text, times):
    text *= 1 + times
    found = list(pieces(text))
    assert all(0 < len(piece) <= _LONGEST_PIECE for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())
