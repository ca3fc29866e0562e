"""Printed text as it is read aloud in English; see language.printed."""

from __future__ import annotations

from earsight.language.printed import Conventions

_HALVES = {"a": " a.m.", "p": " p.m."}
_O_CLOCK = " o'clock"


def _time(hour: int, minute: int, half: str, _is_announced: bool) -> str:
    """A speech engine reads 8:00 as "eight zero zero"."""
    if minute:
        return f"{hour}:{minute:02}{_HALVES.get(half, '')}"
    return f"{hour}{_HALVES[half] if half else _O_CLOCK}"


CONVENTIONS = Conventions(
    currencies={
        "dollar": ("dollar", "dollars", "cents"),
        "euro": ("euro", "euros", "cents"),
        "pound": ("pound", "pounds", "pence"),
        "rupiah": ("rupiah", "rupiah", "sen"),
    },
    thousands=",",
    point=".",
    time=_time,
    until="to",
    scales={"thousand": "thousand", "million": "million", "billion": "billion"},
    full_stop_is_time=False,
    spelled=frozenset("ATM USA UK EU ID TV AC CEO USB".split()),
    spell=lambda word: word,  # eSpeak NG spells these
    signs={
        ".": "dot",
        ",": "comma",
        ":": "colon",
        ";": "semicolon",
        "-": "hyphen",
        "\u2013": "dash",
        "_": "underscore",
        "/": "slash",
        "\\": "backslash",
        "@": "at",
        "#": "hash",
        "&": "and",
        "+": "plus",
        "=": "equals",
        "*": "asterisk",
        "%": "percent",
        "$": "dollar",
        "!": "exclamation mark",
        "?": "question mark",
        "'": "apostrophe",
        '"': "quotation mark",
        "(": "open bracket",
        ")": "close bracket",
    },
    capital="capital",
    expansions={
        r"\bno\.\s?(?=\d)": "number ",
        r"\btel\.\s?(?=[+\d])": "telephone ",
        r"\btel\.(?=\s|$)": "telephone",
    },
)
