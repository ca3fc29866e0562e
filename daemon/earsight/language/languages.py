"""The languages that Earsight speaks. A new one is a module, its catalogue, and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from earsight.language.english.english import English
from earsight.language.indonesian.indonesian import Indonesian
from earsight.language.language import Language

LANGUAGES: dict[str, Callable[[], Language]] = {"en": English, "id": Indonesian}
"""By the code that the setting `language` names."""


@cache
def load_language(code: str) -> Language:
    """The language of a code in LANGUAGES."""
    return LANGUAGES[code]()


def promises_safety(text: str) -> bool:
    """Whether a text says, in any language, that a way is clear, or might.

    In any: what a camera or a model brings in may be in another language than the rest.
    """
    return any(load_language(code).promises_safety(text) for code in LANGUAGES)
