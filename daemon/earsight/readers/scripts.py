"""Which characters a voice here can say: Latin letters, digits and signs, but no other script."""

from __future__ import annotations

import unicodedata
from functools import cache


@cache
def is_foreign(character: str) -> bool:
    """Whether it is a letter of a script other than Latin; Greek letters that formulas use are no such."""
    if not any(each.isalpha() for each in character):
        return False
    name = unicodedata.name(unicodedata.normalize("NFKC", character)[0], "")
    return not name.startswith(("LATIN", "GREEK", "MICRO", "FEMININE", "MASCULINE", "ANGSTROM", "OHM"))


@cache
def can_be_said(character: str) -> bool:
    """Whether a line that is read aloud may have it: no foreign letter, picture or control character."""
    if is_foreign(character):
        return False
    category = unicodedata.category(unicodedata.normalize("NFKC", character)[0])
    return category[0] in "LNPZ" or category in ("Sc", "Sm", "Sk") or character in "°©®™№"
