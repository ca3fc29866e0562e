"""How a press ended."""

from __future__ import annotations

from enum import StrEnum

from earsight.voice.speech_queue import Outcome


class PressEnd(StrEnum):
    """How a press ended. Every press ends in exactly one of these.

    SPOKEN: its answer was said. ERROR_SPOKEN: it failed, and that was said. DONE: it was done without a word.
    SUPERSEDED: something newer took its place. NOT_SPOKEN: nobody could hear the answer.
    """

    SPOKEN = "spoken"
    ERROR_SPOKEN = "error spoken"
    DONE = "done"
    SUPERSEDED = "superseded"
    NOT_SPOKEN = "not spoken"


CUT_SHORT = {
    Outcome.INTERRUPTED: PressEnd.SUPERSEDED,
    Outcome.DROPPED: PressEnd.SUPERSEDED,
    Outcome.STALE: PressEnd.NOT_SPOKEN,
}
"""What it means for a press that its words were not said to their end."""
