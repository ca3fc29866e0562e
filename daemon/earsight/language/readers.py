"""What is read out of captions, whatever their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from earsight.language.english import content as english_content
from earsight.language.english import mentions as english
from earsight.language.english import safety as english_safety
from earsight.language.indonesian import content as indonesian_content
from earsight.language.indonesian import mentions as indonesian
from earsight.language.indonesian import safety as indonesian_safety
from earsight.language.vocabulary import Mention
from earsight.scene import Caption

READERS: dict[str, Callable[[str], Mapping[str, Mention]]] = {
    "en": english.named,
    "id": indonesian.named,
}
"""By the code of the caption's language."""

_CONTENT: dict[str, Callable[[str], set[str]]] = {
    "en": english_content.content,
    "id": indonesian_content.content,
}
_UNFIT: dict[str, Callable[[str], bool]] = {
    "en": english_safety.unfit_for_description,
    "id": indonesian_safety.unfit_for_description,
}


def named_in(caption: Caption) -> Mapping[str, Mention]:
    """The things that a caption names and what these are kinds of; none in a language that nobody reads."""
    reader = READERS.get(caption.language)
    return reader(caption.text) if reader else {}


def content_words(text: str, language: str) -> set[str]:
    """The words of a text that say something, in lower case; all of them in a language that nobody reads."""
    reader = _CONTENT.get(language)
    return reader(text) if reader else set(text.lower().split())


def unfit_in_any_language(text: str) -> bool:
    """Whether a text promises safety or speaks to the wearer. In any language: who wrote it may not have kept
    to the one that was asked for."""
    return any(is_unfit(text) for is_unfit in _UNFIT.values())
