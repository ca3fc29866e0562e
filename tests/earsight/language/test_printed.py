"""Times, prices, numbers and capitals as people read them."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.language.languages import LANGUAGES, load_language

ENGLISH = {
    "PUSH": "push",
    "PUSH TO OPEN": "push to open",
    "DON'T WALK": "don't walk",
    "GATE B4": "gate B4",
    "A12": "A12",
    "BUS 42A": "bus 42A",
    "ATM": "ATM",
    "the IT room": "the IT room",
    "PUSH IT": "push it",
    "I AM HERE": "I am here",
    "07.30": "7:30",
    "07:30": "7:30",
    "7:30 PM": "7:30 p.m.",
    "8:00 AM - 5:00 PM": "8 a.m. to 5 p.m.",
    "22:00": "22 o'clock",
    "9.00 - 17.30 daily": "9 o'clock to 17:30 daily",
    "1.20-2.50 m": "1.20 to 2.50 m",
    "7.30 kg": "7.30 kg",
    "3.5 kg": "3.5 kg",
    "12:30:45": "12:30:45",
    "1.20": "1.20",
    "$4.50": "4 dollars 50",
    "$1": "1 dollar",
    "$0.99": "99 cents",
    "$1,000.05": "1,000 dollars 5 cents",
    "4,50 €": "4 euros 50",
    "£5": "5 pounds",
    "Rp 25.000": "25,000 rupiah",
    "Rp 25rb": "25 thousand rupiah",
    "Rp 1,5 juta": "1.5 million rupiah",
    "Rp 2 M": "2 billion rupiah",
    "£5m": "5 million pounds",
    "$3.2 million": "3.2 million dollars",
    "$5 menu": "5 dollars menu",
    "2025-2026": "2025-2026",
    "1,000": "1,000",
    "1.000.000": "1,000,000",
    "50000": "50000",
    "12-11-2026": "12-11-2026",
    "No. 7": "number 7",
    "B 1234 XYZ": "B 1 2 3 4 X Y Z",
    "Tel. 0812-3456-789": "telephone 0 8 1 2, 3 4 5 6, 7 8 9",
    "Tel. (021) 555-0142": "telephone 0 2 1, 5 5 5, 0 1 4 2",
    "Tel.(021)5550142": "telephone 0 2 1, 5 5 5 0 1 4 2",
    "+62 (21) 555 0142": "+ 6 2, 2 1, 5 5 5, 0 1 4 2",
    "(about 12) 500": "(about 12) 500",
    "Room (12) 345": "Room (12) 345",
    "Ödön ÉCOLE": "Ödön école",
}
INDONESIAN = {
    "KELUAR": "keluar",
    "ATM": "A T M",
    "UGD": "U G D",
    "LANTAI 3": "lantai 3",
    "07.30": "pukul 7:30",
    "Buka pukul 07.30": "Buka pukul 7:30",
    "08.00 - 22.00 WIB": "pukul 8 sampai pukul 22 W I B",
    "1.20": "pukul 1:20",
    "7.30 kg": "7.30 kg",
    "v1.20": "v1.20",
    "Rp 25.000": "25.000 rupiah",
    "Rp25.000,00": "25.000 rupiah",
    "RP. 1.500.000,-": "1.500.000 rupiah",
    "Rp 1,5jt": "1,5 juta rupiah",
    "Rp 1,5 juta": "1,5 juta rupiah",
    "Rp 2 M": "2 miliar rupiah",
    "$3.2 million": "3,2 juta dolar",
    "$4.50": "4 dolar 50",
    "1.000.000": "1.000.000",
    "Jl. Sudirman No. 5": "jalan Sudirman nomor 5",
}


@pytest.mark.parametrize(
    ("language", "printed", "read"),
    [("en", *pair) for pair in ENGLISH.items()] + [("id", *pair) for pair in INDONESIAN.items()],
)
def test_as_people_read_it(language: str, printed: str, read: str) -> None:
    assert load_language(language).read_aloud(printed) == read


HOURS, MINUTES = st.integers(0, 23), st.integers(0, 59)


@given(HOURS, MINUTES, st.sampled_from(".:"))
def test_any_time_of_day(hour: int, minute: int, sign: str) -> None:
    printed = f"{hour:02}{sign}{minute:02}"
    english = load_language("en").read_aloud(printed)
    if sign == ":" or hour < 10:
        assert english == (f"{hour}:{minute:02}" if minute else f"{hour} o'clock")
    else:
        assert english == printed  # it may be a number as well
    indonesian = load_language("id").read_aloud(printed)
    assert indonesian == (f"pukul {hour}:{minute:02}" if minute else f"pukul {hour}")


@given(st.integers(0, 10**9), st.booleans(), st.sampled_from(["Rp", "Rp ", "Rp. ", "IDR "]))
def test_any_price_in_rupiah(amount: int, cents: bool, sign: str) -> None:
    printed = sign + f"{amount:,}".replace(",", ".") + (",00" if cents else "")
    assert load_language("en").read_aloud(printed) == f"{amount:,} rupiah"
    assert load_language("id").read_aloud(printed) == f"{amount:,} rupiah".replace(",", ".")


@given(st.integers(2, 10**6), st.integers(10, 99))
def test_any_price_in_dollars(dollars: int, cents: int) -> None:
    assert load_language("en").read_aloud(f"${dollars:,}.{cents}") == f"{dollars:,} dollars {cents}"
    dots = f"{dollars:,}".replace(",", ".")
    assert load_language("id").read_aloud(f"${dollars:,}.{cents}") == f"{dots} dolar {cents}"


WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=8).filter(
    lambda word: word not in {"no", "jl", "gg", "lt", "tel", "telp", "rp", "idr", "usd", "eur", "gbp"}
)


@given(st.lists(WORDS, max_size=8), st.sampled_from(sorted(LANGUAGES)))
def test_words_in_small_letters_stay_verbatim(words: list[str], language: str) -> None:
    assert load_language(language).read_aloud(" ".join(words)) == " ".join(words)


@given(st.lists(WORDS, max_size=8), st.sampled_from(sorted(LANGUAGES)))
def test_of_words_in_capitals_no_letter_is_lost(words: list[str], language: str) -> None:
    read = load_language(language).read_aloud(" ".join(words).upper())
    assert re.sub(r"\s", "", read).lower() == "".join(words)


@given(st.text(max_size=60), st.sampled_from(sorted(LANGUAGES)))
def test_whatever_is_printed_is_read(text: str, language: str) -> None:
    """Zeros may go ("07:00"), no other digit may."""
    read = load_language(language).read_aloud(text)
    assert bool(read.strip()) == bool(text.strip())
    assert [each for each in read if each in "123456789"] == [each for each in text if each in "123456789"]


@given(st.text(string.ascii_letters + string.digits, min_size=1, max_size=20), st.sampled_from(["en", "id"]))
def test_every_letter_is_spelled(word: str, language: str) -> None:
    named = load_language(language).spelled(word).split(", ")
    assert [name[-1].lower() for name in named] == list(word.lower())


def test_capitals_are_told_apart_where_they_matter() -> None:
    english = load_language("en")
    assert english.spelled("Exit WC") == "E, X, I, T; W, C"
    assert english.spelled("pA-1") == "P, capital A, hyphen, 1"
    assert load_language("id").spelled("a@B") == "A, keong, huruf besar B"
