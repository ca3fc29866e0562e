"""Words that eSpeak NG says wrongly in a language, and how it is made to say them right."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("pronunciations")
"""A file for each language that has any, with the terms of use of what it comes from."""

_WORD = re.compile(r"\b[^\W\d_]+\b")


@cache
def corrections(language: str) -> dict[str, str]:
    """eSpeak NG's phonemes for the words of a language, such as "id", that it says wrongly otherwise."""
    file = FOLDER / f"{language}.tsv"
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))


def with_phonemes(text: str, language: str) -> str:
    """The text, with phonemes in double brackets in place of the words that need them.

    Args:
        text: Without double brackets of its own.
        language: Of the text.
    """
    known = corrections(language)
    if not known:
        return text

    def replace(found: re.Match[str]) -> str:
        phonemes = known.get(found[0].lower())
        if phonemes is None:
            return found[0]
        # eSpeak NG leaves the word out if a bracket or a quotation mark stands right before it.
        before = text[: found.start()]
        return f"{'' if not before or before[-1].isspace() else ' '}[[{phonemes}]]"

    return _WORD.sub(replace, text)
