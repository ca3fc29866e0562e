"""Text as the rules of safety read it."""

from __future__ import annotations

import re
import unicodedata


def folded(text: str) -> str:
    """In lower case, without accents and invisible characters."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text).casefold()
        if unicodedata.category(letter) not in ("Mn", "Cf")
    )


def words(text: str) -> str:
    """The words of a text with single spaces between them: no punctuation, no hyphens."""
    return " ".join(re.findall(r"\w+", text.replace("_", " ")))
