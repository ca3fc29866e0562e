"""From the answers of models that chat to captions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.captioners.answer_text import caption_text, first_sentence, reply_text


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


@pytest.mark.parametrize(
    ("answer", "language", "reply"),
    [
        ("Red.", "en", "red"),
        ("**No.** The door is closed.", "en", "no. The door is closed"),
        ("The image shows two cups.", "en", "two cups"),
        ("42", "en", "42"),
        ("I don't know.", "en", ""),
        ("I'm sorry, I can't help with that.", "en", ""),
        ("It is red. I don't know why.", "en", "it is red"),
        ("Saya tidak tahu.", "id", ""),
        ("Mobil itu merah.", "id", "mobil itu merah"),
        ("The car on the left is red.", "id", ""),
        ("a " * 41, "en", ""),
        (f"It is red. {'a ' * 40}.", "en", "it is red"),
        ("...", "en", ""),
        ("<think>never ends", "en", ""),
    ],
)
def test_replies(answer: str, language: str, reply: str) -> None:
    assert reply_text(answer, language) == reply


def test_a_reply_that_was_cut_off_ends_before_what_leads_nowhere() -> None:
    assert reply_text("A dog on the", "en", finished=False) == "a dog"
    assert reply_text("It is red. A cat on the", "en", finished=False) == "it is red"


@given(st.text(max_size=300), st.sampled_from(["en", "id", "eo"]), st.booleans())
def test_any_reply_is_short(answer: str, language: str, finished: bool) -> None:
    reply = reply_text(answer, language, finished=finished)
    assert reply.isprintable()
    assert len(reply.split()) <= 40
