"""What is to be said, and how urgent it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum


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
    """Something to say.

    Attributes:
        text: One or more sentences.
        priority: What it may interrupt.
        expires_at: Seconds on time.monotonic(); what could not begin by then is out of date and is dropped.
    """

    text: str
    priority: Priority
    expires_at: float = math.inf
