"""What is to be said, and how urgent it is. No text that promises safety gets through here."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from enum import IntEnum

from earsight.language.language import CANT_TELL
from earsight.language.languages import load_language, promises_safety

_log = logging.getLogger(__name__)


class Priority(IntEnum):
    """What is said first, and what may interrupt what.

    NARRATION: said unasked, of a changed scene. NOTICE: the state of Earsight itself, such as a lost
    camera. ANSWER: asked for by a press or a command; it interrupts the other two and an older answer.
    """

    NARRATION = 0
    NOTICE = 1
    ANSWER = 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to say. Whoever speaks takes nothing else, so this is where every text is checked.

    A text that says, in any language, that a way is clear, or might, becomes "I can't tell what this is.":
    the wearer hears something, and the service goes on. The fault of whatever made the text is logged.

    Attributes:
        text: One or more sentences.
        priority: What it may interrupt.
        language: Code of the language that the text is in.
        expires_at: Seconds on time.monotonic(); what could not begin by then is out of date and is dropped.
    """

    text: str
    priority: Priority
    language: str
    expires_at: float = math.inf

    def __post_init__(self) -> None:
        if promises_safety(self.text):
            _log.error("not said, since it may promise safety: %s", self.text)
            object.__setattr__(self, "text", load_language(self.language).text(CANT_TELL))
