"""Printed text as people read it aloud: times, prices, numbers, capitals. In any language.

Only what speech engines get wrong is rewritten; all else stays verbatim. eSpeak NG reads "07.30" as "zero
seven point three zero", "Rp 25.000" in English as "twenty five point zero zero zero", "08:00" as "eight zero
zero", and an Indonesian "ATM" as one word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_NUMBER = r"\d+(?:[.,]\d+)*"
_CURRENCIES = {
    "rp": "rupiah",
    "idr": "rupiah",
    "us$": "dollar",
    "usd": "dollar",
    "$": "dollar",
    "€": "euro",
    "eur": "euro",
    "£": "pound",
    "gbp": "pound",
}
_SIGNS = r"(?:(?<!\w)(?:Rp\.?|IDR|USD|EUR|GBP|US\$)|[$€£])"
_SCALES = {
    "thousand": "thousand",
    "k": "thousand",
    "rb": "thousand",
    "ribu": "thousand",
    "million": "million",
    "m": "million",
    "jt": "million",
    "juta": "million",
    "billion": "billion",
    "bn": "billion",
    "miliar": "billion",
}
_PRICE = re.compile(
    rf"(?P<sign>{_SIGNS})\s?(?P<number>{_NUMBER})(?:,-)?(?:\s?(?P<scale>{'|'.join(_SCALES)})\b)?"
    rf"|(?<![\w.,])(?P<number_first>{_NUMBER})\s?(?P<sign_last>[€£]|(?:IDR|USD|EUR|GBP)\b)",
    re.IGNORECASE,
)
_NO_TIME = r"(?![\d%]|[.,:/]\d|\s?(?:kg|g|km|m|cm|mm|l|ml|gb|mb|tb|kwh|ghz|juta|ribu|million|inch)\b)"
"""What does not follow a time: a number of something."""
_TIME = re.compile(
    r"(?P<before>\b(?:pukul|jam)\s+)?(?<![\w.,:/$€£-])(?P<hour>[01]?\d|2[0-4])(?P<sign>[.:])(?P<minute>[0-5]\d)"
    rf"{_NO_TIME}"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?(?P<zone>\s?(?:wib|wita|wit)\b)?",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3}){2,}(?![\w]|[.,]\d)")
_BETWEEN_TIMES = re.compile(
    r"(?:(?<=[.:][0-5]\d)|(?<=[AaPp][Mm]))\s*[-\u2013\u2014~]\s*(?=(?:[01]?\d|2[0-4])[.:][0-5]\d(?!\d))"
)
_SPAN = re.compile(
    r"(?<![\w.,:/$€£-])(?:[01]?\d|2[0-4])\.[0-5]\d\s*[-\u2013\u2014~]\s*"
    rf"(?:[01]?\d|2[0-4])\.[0-5]\d{_NO_TIME}",
    re.IGNORECASE,
)
"""Two numbers that can only be the times between which something is open: "9.00 - 17.30"."""
_TELEPHONE = re.compile(
    r"(?:(?<!\w)(?:\+\d{1,3}[ -]?)?\(\d{2,5}\)[ -]?\d{3,}(?:[ -]\d{3,})*"
    r"|(?<![\w.,-])(?:(?:\+\d{1,3}[ -])?\d{3,}(?:[ -]\d{3,})+|\+\d{7,}|0\d{3,}|\d{8,}))(?![\w-]|[.,]\d)"
)
_YEARS = re.compile(r"(?:1[5-9]|20)\d\d-(?:1[5-9]|20)\d\d")
"""From one to another: no telephone number."""
_LEAST_DIGITS = 7
"""Of a telephone number that is printed in groups: fewer may be anything."""
_PLATE = re.compile(r"(?<!\S)(?P<area>[A-Z]{1,2}) (?P<digits>\d{1,4}) (?P<series>[A-Z]{1,3})(?!\S)")
_CAPITALS = re.compile(r"(?<![^\W_])[^\W\d_]{2,}(?:['\u2019][^\W\d_]+)?(?![^\W_])")
_VOWELS = re.compile("[AEIOUYÀ-Ý]")


@dataclass(frozen=True, slots=True)
class Conventions:
    """What a language knows of print.

    Attributes:
        currencies: For "dollar", "euro", "pound" and "rupiah" the words for one, several, and hundredths.
        thousands, point: What parts thousands, and what comes before a fraction, as its voice reads them.
        time: From hour, minute, "a" or "p" for the half of the day, and whether the word for "o'clock" is
            there already, to words.
        until: Between two times: "to".
        scales: The words for thousands, millions and billions in prices ("Rp 25rb"), by the English ones.
        full_stop_is_time: Whether "7.30" is a time: where fractions have a comma.
        spelled: Abbreviations in capitals with a vowel that are spelled all the same.
        spell: How a voice is made to spell an abbreviation.
        signs: What signs are called when a text is spelled.
        capital: What is said before a capital in the midst of small letters, when a text is spelled.
        expansions: Abbreviations in small letters, as a regular expression, and what they stand for.
    """

    currencies: Mapping[str, tuple[str, str, str]]
    thousands: str
    point: str
    time: Callable[[int, int, str, bool], str]
    until: str
    scales: Mapping[str, str]
    full_stop_is_time: bool
    spelled: frozenset[str]
    spell: Callable[[str], str]
    signs: Mapping[str, str]
    capital: str
    expansions: Mapping[str, str]


def read_aloud(text: str, conventions: Conventions) -> str:
    """Put printed text into the words that people read.

    Args:
        text: A line or more, verbatim.
        conventions: Of its language.
    """
    is_capitals = text.upper() == text
    text = _PRICE.sub(lambda found: _price(found, conventions), text)
    text = _SPAN.sub(lambda found: found[0].replace(".", ":"), text)
    text = _BETWEEN_TIMES.sub(f" {conventions.until} ", text)
    text = _TIME.sub(lambda found: _time(found, conventions), text)
    text = _LONG_NUMBER.sub(lambda found: _grouped(found[0].replace(".", ""), conventions), text)
    text = _TELEPHONE.sub(lambda found: _digits_apart(found[0]), text)
    text = _PLATE.sub(_plate, text)
    for abbreviation, words in conventions.expansions.items():
        text = re.sub(abbreviation, words, text, flags=re.IGNORECASE)
    return _CAPITALS.sub(lambda found: _capitals(found[0], conventions, in_capitals=is_capitals), text)


def spelled(text: str, conventions: Conventions, *, exact: bool = False) -> str:
    """Name each letter, digit and sign. Capitals are told apart where a word mixes them with small letters,
    as passwords do.

    Args:
        text: Verbatim.
        conventions: Of the language in which it is spelled.
        exact: Whether every capital is told apart.
    """
    return "; ".join(", ".join(_named(word, conventions, exact)) for word in text.split())


def _named(word: str, conventions: Conventions, exact: bool) -> list[str]:
    is_mixed = exact or word not in (word.upper(), word.lower(), word.capitalize())
    return [
        f"{conventions.capital} {letter}"
        if is_mixed and letter.isupper()
        else conventions.signs.get(letter, letter.upper() if len(letter.upper()) == 1 else letter)
        for letter in word
    ]


def _time(found: re.Match[str], conventions: Conventions) -> str:
    hour, minute = found["hour"], found["minute"]
    is_time = (
        found["sign"] == ":"
        or conventions.full_stop_is_time
        or found["before"]
        or found["half"]
        or found["zone"]
        or (hour.startswith("0") and len(hour) == 2)
    )
    if not is_time:
        return found[0]
    before = found["before"] or ""
    words = conventions.time(int(hour), int(minute), (found["half"] or "").lower(), bool(before))
    return f"{before}{words}{found['zone'] or ''}"


def _price(found: re.Match[str], conventions: Conventions) -> str:
    sign = (found["sign"] or found["sign_last"]).lower().rstrip(".")
    number = found["number"] or found["number_first"]
    currency = _CURRENCIES[sign]
    one, several, hundredth = conventions.currencies[currency]
    whole, fraction = _amount(number, decimal="," if currency == "rupiah" else ".")
    if found["scale"]:
        scale = _SCALES[found["scale"].lower()]
        if currency == "rupiah" and found["scale"].lower() == "m":  # Indonesian: miliar
            scale = "billion"
        return f"{_grouped(whole, conventions, fraction)} {conventions.scales[scale]} {several}"
    if len(fraction) == 2 and currency != "rupiah":
        if int(whole) == 0 and int(fraction):
            return f"{int(fraction)} {hundredth}"
        cents = f" {int(fraction)}" if int(fraction) > 9 else f" {int(fraction)} {hundredth}"
        return (
            f"{_grouped(whole, conventions)} {_plural(whole, one, several)}{cents if int(fraction) else ''}"
        )
    return f"{_grouped(whole, conventions, fraction.rstrip('0'))} {_plural(whole, one, several)}"


def _plural(whole: str, one: str, several: str) -> str:
    return one if int(whole) == 1 else several


def _amount(number: str, decimal: str) -> tuple[str, str]:
    """The digits before and after the decimal sign of a price.

    Args:
        number: Digits with "." and ",".
        decimal: What usually comes before the fraction in this currency.
    """
    *groups, last = re.split("[.,]", number)
    signs = re.findall("[.,]", number)
    if not groups:
        return last, ""
    is_fraction = len(last) != 3 or (len(set(signs)) == 2 and signs[-1] == decimal)
    return ("".join(groups), last) if is_fraction else ("".join(groups) + last, "")


def _grouped(whole: str, conventions: Conventions, fraction: str = "") -> str:
    """Digits with what parts thousands, as the voice of the language reads them."""
    grouped = f"{int(whole):,}".replace(",", conventions.thousands)
    return f"{grouped}{conventions.point}{fraction}" if fraction else grouped


def _digits_apart(number: str) -> str:
    """Each digit for itself, with a pause where the print has a gap."""
    if sum(map(str.isdigit, number)) < _LEAST_DIGITS and not number.isdigit():
        return number
    if _YEARS.fullmatch(number):
        return number
    groups = re.findall(r"\d+", number)
    apart = ", ".join(" ".join(group) for group in groups)
    return f"+ {apart}" if number.startswith("+") else apart


def _plate(found: re.Match[str]) -> str:
    """The plate of a vehicle: "B 1234 XYZ". Single letters are named by every voice."""
    return " ".join([*found["area"], *found["digits"], *found["series"]])


def _capitals(word: str, conventions: Conventions, *, in_capitals: bool) -> str:
    if word != word.upper() or word == word.lower():
        return word
    if word in conventions.spelled or not _VOWELS.search(word):
        return conventions.spell(word)
    # Among small letters two capitals are an abbreviation: "the IT room".
    return word if len(word) == 2 and not in_capitals else word.lower()
