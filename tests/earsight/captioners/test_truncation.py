import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.captioners.truncation import without_dangling_words

WORDS = st.lists(st.sampled_from("a the with Its dog runs on of red man".split()), max_size=9).map(" ".join)


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("a dog runs on the", "a dog runs"),
        ("a man with his", "a man"),
        ("A man and A", "A man"),
        ("a dog runs", "a dog runs"),
        ("a dog that", "a dog"),
        ("the", ""),
        ("on top of the", "on top"),
        ("a dog, with", "a dog,"),
        ("", ""),
    ],
)
def test_words_that_lead_to_what_was_cut_off(cut, said):
    assert without_dangling_words(cut, "en") == said


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("seekor anjing berlari di atas", "seekor anjing berlari"),
        ("seorang pria dan seorang", "seorang pria"),
        ("dua anak-anak", "dua anak-anak"),
    ],
)
def test_indonesian_words_that_lead_to_what_was_cut_off(cut, said):
    assert without_dangling_words(cut, "id") == said


def test_words_of_one_language_mean_nothing_in_another():
    assert without_dangling_words("seekor anjing di an", "id") == "seekor anjing di an"
    assert without_dangling_words("a dog di", "en") == "a dog di"


@given(text=WORDS)
def test_only_the_end_is_taken_and_only_once(text):
    said = without_dangling_words(text, "en")
    assert text.startswith(said)
    assert without_dangling_words(said, "en") == said
    assert without_dangling_words(f"{text} dog", "en") == f"{text} dog".strip()
