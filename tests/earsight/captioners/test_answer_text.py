"""From the answers of models that chat to captions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.captioners.answer_text import caption_text, first_sentence


@pytest.mark.parametrize(
    ("answer", "language", "caption"),
    [
        ("A cat.", "en", "a cat"),
        ("A cat. It sleeps.", "en", "a cat"),
        ("The image shows a **man** riding a horse. It is sunny.", "en", "a man riding a horse"),
        ("In this picture, there are two dogs on a beach!", "en", "two dogs on a beach"),
        ("There is a car on the left.", "en", "a car on the left"),
        ("# Caption\n\nHere you go:\nA cat", "en", "a cat"),
        ("- A dog on a bench\n- A tree", "en", "a dog on a bench"),
        ('"A woman with an umbrella"', "en", "a woman with an umbrella"),
        ("<think>The user wants ...\n\nSo.</think>\nA dog.", "en", "a dog"),
        ("[A cat](http://example.com) sits .", "en", "a cat sits"),
        ("TV on a table", "en", "TV on a table"),
        ("Gambar ini menunjukkan seorang pria di jalan.", "id", "seorang pria di jalan"),
        ("Terlihat dua orang di taman.", "id", "dua orang di taman"),
        ("A man is standing in the street with a dog", "id", ""),
        ("Seorang pria dan seekor anjing di jalan", "en", ""),
        ("I can't see anything.", "en", ""),
        ("Maaf, saya tidak tahu.", "id", ""),
        ("...", "en", ""),
        ("42", "en", ""),
        ("a " * 31, "en", ""),
        ("<think>never ends", "en", ""),
    ],
)
def test_captions(answer: str, language: str, caption: str) -> None:
    assert caption_text(answer, language) == caption


def test_what_was_cut_off_ends_before_what_leads_nowhere() -> None:
    assert caption_text("A dog on the", "en", finished=False) == "a dog"
    assert caption_text("A dog on the mat. A cat on the", "en", finished=False) == "a dog on the mat"


@given(st.text(max_size=300), st.sampled_from(["en", "id", "eo"]), st.booleans())
def test_any_answer_is_one_short_line_or_nothing(answer: str, language: str, finished: bool) -> None:
    caption = caption_text(answer, language, finished=finished)
    assert caption.isprintable()
    assert caption == " ".join(caption.split())
    assert len(caption.split()) <= 30
    assert not set("*`#<>[]{}|\\") & set(caption)


def test_captions_of_models_that_only_caption_keep_their_words() -> None:
    assert first_sentence("There is a Dog. And more") == "there is a Dog"
