"""What captions name, whatever their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from earsight.language.english import mentions as english
from earsight.language.indonesian import mentions as indonesian
from earsight.language.vocabulary import Mention
from earsight.scene import Caption

READERS: dict[str, Callable[[str], Mapping[str, Mention]]] = {
    "en": english.named,
    "id": indonesian.named,
}
"""By the code of the caption's language."""


def named_in(caption: Caption) -> Mapping[str, Mention]:
    """The things that a caption names and what these are kinds of; none in a language that nobody reads."""
    reader = READERS.get(caption.language)
    return reader(caption.text) if reader else {}
