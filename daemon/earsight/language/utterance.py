"""What is to be said, and how urgent it is. No text of Earsight's own that promises safety gets through here.

Text that stands in front of the camera is another matter. A wearer needs it verbatim, and very many signs
have words that Earsight never says of itself: "Keep clear", "Free parking", "Safety first", "No vehicles".
Refusing these would hide warnings; leaving words out would change what is written. So what is quoted is said
as it is, but never as if Earsight said it: where it could be taken for a promise, "The text says:" comes
right before it, in the wearer's language and voice and in the same sound, so that neither a press nor a lost
connection can part the two.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from earsight.language.language import CANT_TELL, Language
from earsight.language.languages import load_language, promises_safety
from earsight.message import Message, message

_log = logging.getLogger(__name__)


class Priority(IntEnum):
    """What is said first, and what may interrupt what.

    NARRATION: said unasked, of a changed scene. NOTICE: the state of Earsight itself, such as a lost
    camera. ANSWER: asked for by a press or a command; it interrupts the other two and an older answer.
    """

    NARRATION = 0
    NOTICE = 1
    ANSWER = 2


QUOTES = message("quotation.frame")
"""What marks words as somebody else's."""

_ENDS = (".", "?", "!", ":")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Text that stands in front of the camera, which is said as it is.

    Attributes:
        text: As it is read aloud.
        language: Code of the language that it is read aloud in.
        goes_on: Whether its sentence goes on in what is said next: no full stop is added.
    """

    text: str
    language: str
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Words that one voice says.

    Attributes:
        text: One or more sentences.
        language: Code of their language.
    """

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to say. Whoever speaks takes nothing else, so this is where every text is checked.

    A text of Earsight's own that says, in any language, that a way is clear, or might, becomes "I can't tell
    what this is.": the wearer hears something, and the service goes on. The fault of whatever made the text
    is logged.

    Attributes:
        text: One or more sentences of Earsight's own; may be empty where something is quoted. One that ends
            with a colon tells what is quoted.
        priority: What it may interrupt.
        language: Code of the language that the text is in.
        expires_at: Seconds on time.monotonic(); what could not begin by then is out of date and is dropped.
        quoted: What is quoted after the text.
    """

    text: str
    priority: Priority
    language: str
    expires_at: float = math.inf
    quoted: Quotation | None = None

    def __post_init__(self) -> None:
        if promises_safety(self.text):
            _log.error("not said, since it may promise safety: %s", self.text)
            object.__setattr__(self, "text", load_language(self.language).text(CANT_TELL))
        if self.quoted is not None and not self.text.endswith(":") and promises_safety(self.quoted.text):
            frame = load_language(self.language).text(QUOTES)
            object.__setattr__(self, "text", f"{self.text} {frame}".lstrip())

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is said, in this order, each part by a voice of its language."""
        own = (Part(self.text, self.language),) if self.text or self.quoted is None else ()
        quoted = () if self.quoted is None else (Part(self.quoted.text, self.quoted.language),)
        return own + quoted

    @property
    def whole(self) -> str:
        """All of the words."""
        return " ".join(part.text for part in self.parts)

    @property
    def loggable(self) -> str:
        """The same for a log, which learns nothing of what others have written but its length: it may be a
        letter or a password."""
        if self.quoted is None:
            return self.text
        return f"{self.text} (text of {len(self.quoted.text)} characters)".lstrip()


Words = Message | str | Quotation
"""What an answer is made of: messages, text that a language has made, and at the end what is quoted."""


def utterance(
    words: Sequence[Words], language: Language, priority: Priority, expires_at: float = math.inf
) -> Utterance:
    """Put words together to what is said at once.

    Args:
        words: At least one; only the last may be a quotation.
        language: The wearer's.
        priority: What it may interrupt.
        expires_at: Seconds on time.monotonic().
    """
    own, quoted = list(words), None
    if isinstance(last := words[-1], Quotation):
        own, quoted = own[:-1], replace(last, text=last.text if last.goes_on else _sentence(last.text))
    text = " ".join(_sentence(_own(word, language)) for word in own)
    return Utterance(text, priority, language.code, expires_at, quoted)


def _own(word: Words, language: Language) -> str:
    assert not isinstance(word, Quotation), "what is quoted comes last"
    return language.text(word) if isinstance(word, Message) else word


def _sentence(text: str) -> str:
    return text if text.endswith(_ENDS) else f"{text}."
