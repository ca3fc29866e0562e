"""Codes in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.code_words import code_words, spelled_password
from earsight.language.languages import LANGUAGES, load_language
from earsight.language.utterance import Priority, utterance
from earsight.scene import Box, Code, CodeKind

ENGLISH = load_language("en")


def made(text, kind=CodeKind.QR_CODE, language=ENGLISH):
    words = code_words(Code(kind, text, Box(0, 0, 1, 1)), language)
    return utterance(words.words, language, Priority.ANSWER)


def said(text, kind=CodeKind.QR_CODE):
    return made(text, kind).whole


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("https://www.example.org/menu_1", "Web address: example dot org slash menu underscore 1."),
        ("https://bank.example@evil.example/", "Web address: evil dot example."),
        ("WIFI:S:guest;;", "It has no password. Wi-Fi network: guest."),
        ("tel:+62 21 555", "Telephone number: + 6 2, 2 1, 5 5 5."),
        ("mailto:ada@example.org", "Mail address: ada at example dot org."),
        (
            "MECARD:N:Lovelace,Ada;TEL:0207946;EMAIL:ada@example.org;;",
            "Contact: Ada Lovelace. 0 2 0, 7 9 4 6. ada at example dot org.",
        ),
        ("Open 07:30", "Text: Open 7:30."),
        ("", "It's empty."),
        ("\x00\x01\x02", "It holds data, not text."),
        ("你好世界", "The text is in a script that I can't read aloud."),
        ("Hello 你好!", "Some of it is in a script that I can't read aloud. Text: Hello !"),
        ("see\u202ethe\u200bend\x1b[2J", "Text: seetheend [2J."),
    ],
)
def test_qr_codes(text, words):
    assert said(text) == f"QR code. {words}"


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("4006381333931", CodeKind.PRODUCT, "Barcode. Product number: 4 0 0, 6 3 8, 1 3 3, 3 9 3 1."),
        ("9780306406157", CodeKind.PRODUCT, "Barcode. Book number: 9 7 8, 0 3 0, 6 4 0, 6 1 5 7."),
        ("AB-12", CodeKind.BARCODE, "Barcode. Text: A, B, hyphen, 1, 2."),
        ("hello", CodeKind.OTHER, "Code. Text: hello."),
    ],
)
def test_other_codes(text, kind, words):
    assert said(text, kind) == words


@pytest.mark.parametrize("text", ["https://ex\u0430mple.org/", "https://xn--exmple-4nf.org"])
def test_an_address_that_imitates_another_one_is_not_read_as_that(text):
    assert "unusual letters" in said(text)
    assert "exmple dot org" not in said(text)


def test_a_password_is_only_told_of():
    words = code_words(Code(CodeKind.QR_CODE, "WIFI:T:WPA;S:guest;P:Ab1_c;;", Box(0, 0, 1, 1)), ENGLISH)
    text = utterance(words.words, ENGLISH, Priority.ANSWER)
    assert text.whole == "QR code. It has a password: a long press says it. Wi-Fi network: guest."
    spelled = utterance(spelled_password(words.password, ENGLISH), ENGLISH, Priority.ANSWER)
    assert spelled.whole == "Password: capital A, B, 1, underscore, C."
    assert "underscore" not in spelled.loggable


def test_long_contents_are_cut_and_that_is_said():
    assert said("word " * 800).startswith("QR code. 3700 characters more are not read. Text: word word")
    assert "142 characters more" in said("https://a.org/" + "x" * 201)
    assert "1 character more is" in said("y" * 301)
    assert len(said("z" * 4000)) < 400


def test_what_a_code_says_of_safety_is_marked_as_its_text_and_reaches_no_log():
    text = made("The way is clear.")
    assert text.whole == "QR code. Text: The way is clear."
    assert "clear" not in text.loggable


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=500),
    st.sampled_from(["", "https://", "WIFI:S:", "BEGIN:VCARD\nFN:", "tel:"]),
    st.sampled_from(CodeKind),
    st.sampled_from(sorted(LANGUAGES)),
)
def test_any_content_can_be_said(text, start, kind, language):
    spoken = made(start + text, kind, load_language(language))
    assert spoken.whole
    assert spoken.whole.isprintable()
    assert len(spoken.whole) < 9000
