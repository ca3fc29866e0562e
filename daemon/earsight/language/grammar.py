"""The contract of a grammar: what a language has to know for descriptions to be put together from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from earsight.language.groups import Group
from earsight.language.vocabulary import Mention
from earsight.message import Message
from earsight.scene import Caption

Reader = Callable[[Caption], Mapping[str, Mention]]
"""From a caption to the things that it names, and all that these are kinds of, whatever its language."""


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that captions name, and that may be said.

    Attributes:
        name: In the vocabulary.
        number: 1 for at least one, MANY for several, otherwise exactly that many.
        likelihood: Of the thing, 0..1.
    """

    name: str
    number: float
    likelihood: float


class Grammar(Protocol):
    """The words and the grammar of one language. Phrases have neither capital nor full stop.

    Attributes:
        code: As the setting `language` names it, such as "en".
    """

    code: str

    def text(self, message: Message) -> str:
        """Put a message into words."""

    def things(self, groups: Sequence[Group]) -> str:
        """Things with their numbers and directions: "two people on the left, a car ahead"."""

    def heading(self, place: str) -> str:
        """A place by itself: "street"."""

    def summary(self, found: Collection[Found]) -> str:
        """The likeliest things and where they are: "two dogs on a beach"; "" for nothing."""

    def content(self, text: str) -> set[str]:
        """The words of a caption that say something, in lower case: no articles, no prepositions."""

    def is_unfit(self, text: str) -> bool:
        """Whether a text promises safety or speaks to the wearer."""
