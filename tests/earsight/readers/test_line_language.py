"""The language of lines: signs of a word or two, sentences, and what is neither."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.readers.language_words import ENGLISH, INDONESIAN, SHARED
from earsight.readers.line_language import languages


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("EXIT", "en"),
        ("PUSH", "en"),
        ("Emergency Exit", "en"),
        ("Mind the gap", "en"),
        ("KELUAR", "id"),
        ("TARIK", "id"),
        ("Awas Lantai Licin", "id"),
        ("Jalur Evakuasi", "id"),
        ("Harap antre di sini", "id"),
        ("Pengumuman", "id"),
        ("Workshop", "en"),
        ("12:30", None),
        ("Anna", None),
        ("Ausgang", None),
        ("Rp 5.000", None),
        ("WC", None),
        ("Hotel", None),
        ("B 1234 XY", None),
        ("", None),
    ],
)
def test_a_line_by_itself(line, language):
    assert languages([[line]]) == [[language]]


def test_a_name_among_sentences_takes_their_language():
    block = ["Selamat datang di rumah sakit", "Siloam", "24"]
    assert languages([block, ["Siloam"]]) == [["id", "id", None], [None]]


def test_no_word_is_of_two_languages():
    assert not ENGLISH & INDONESIAN
    assert not SHARED & (ENGLISH | INDONESIAN)


@given(st.lists(st.lists(st.text(string.printable + "äß中ا\u0300", max_size=40), max_size=4), max_size=4))
def test_any_text_has_a_language_or_none(blocks):
    found = languages(blocks)
    assert [len(block) for block in found] == [len(block) for block in blocks]
    assert {code for block in found for code in block} <= {"en", "id", None}
