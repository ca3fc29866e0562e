import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tokenizers", reason="tokenizers comes with the train extra")

from earsight_training.data.tokens import (
    END,
    END_ID,
    clean_caption,
    mirrored_caption,
    own_vocabulary,
    train_tokenizer,
)

words = st.sampled_from(["left", "right", "leftover", "Right", "a", "dog", "the", "-", ".", "upright", "'s"])
sentences = st.lists(words, max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("A child in a pink dress .", "a child in a pink dress"),
        ('A man in a " Nike " t - shirt .', "a man in a nike t-shirt"),
        ("The girl 's dog does n't run , it jumps !", "the girl's dog doesn't run, it jumps"),
        ("Player # 5 runs", "player number 5 runs"),
        ("  Two   dogs\tplay ", "two dogs play"),
        ("''Stop''", "stop"),
        (".", ""),
    ],
)
def test_captions_are_cleaned_as_they_would_be_spoken(written, spoken):
    assert clean_caption(written) == spoken


@given(st.text() | sentences)
def test_cleaned_captions_have_no_capitals_quotes_or_double_spaces(text):
    cleaned = clean_caption(text)
    assert cleaned == cleaned.lower()
    assert not set('"`“”') & set(cleaned)
    assert "  " not in cleaned
    assert cleaned == cleaned.strip(" .,")


@given(st.text() | sentences)
def test_mirroring_twice_is_the_identity(text):
    assert mirrored_caption(mirrored_caption(text)) == text


def test_mirroring_swaps_whole_words():
    assert mirrored_caption("left of the right-hand leftover") == "right of the left-hand leftover"


@given(sentences)
def test_every_caption_survives_the_tokenizer(text):
    cleaned = clean_caption(text)
    assert TOKENIZER.decode(TOKENIZER.encode(cleaned).ids).strip() == cleaned


TOKENIZER = train_tokenizer(["a dog on the left", "a cat on the right"], 300)


def test_the_end_is_number_zero_and_no_text():
    assert TOKENIZER.token_to_id(END) == END_ID == 0
    assert TOKENIZER.decode([END_ID]) == ""
    assert TOKENIZER.decode(TOKENIZER.encode("ünïcode ☃").ids).strip() == "ünïcode ☃"


def test_the_same_captions_give_the_same_vocabulary():
    """The captions are tokenized anew when training is resumed."""
    captions = [f"the {word} near a {other}" for word in "abcdefg" for other in ("dogs", "cats", "cars")]
    first, second = (json.loads(train_tokenizer(captions, 320).to_str()) for _ in range(2))
    assert first == second


def test_the_mirrored_caption_in_indonesian():
    assert mirrored_caption("pria di kiri dan anjing di kanan") == "pria di kanan dan anjing di kiri"
    assert mirrored_caption("a kirin") == "a kirin"


def test_a_token_says_the_language():
    vocabulary = own_vocabulary(["a dog runs", "seekor anjing berlari"], 320, ["en", "id"])
    assert set(vocabulary.starts) == {"en", "id"}
    for code, text in (("en", "a dog runs"), ("id", "seekor anjing berlari")):
        start, *tokens = vocabulary.encode(text, 30, code)
        assert start == vocabulary.starts[code]
        assert vocabulary.tokenizer.decode([start, *tokens]).strip() == text
    assert len(vocabulary.encode("a dog runs on and on", 3, "en")) == 4  # it is not counted


def test_one_language_needs_no_token():
    vocabulary = own_vocabulary(["a dog runs"], 320, ["en"])
    assert not vocabulary.starts
    assert vocabulary.encode("a dog runs", 30) == own_vocabulary(["a dog runs"], 320).encode("a dog runs", 30)
