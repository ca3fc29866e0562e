"""How a caption is put, so that the wearer hears how sure it is.

Blind people catch only about half of a captioner's errors by themselves, so doubt belongs in the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from earsight.cameras.source import CameraError, StaleFrame
from earsight.captioners.captioner import CaptionerError
from earsight.perception.quality import Problem
from earsight.scene import Caption

CANT_TELL = "I can't tell what this is."
NOTHING_TO_REPEAT = "I have not described anything yet."
NO_MORE_DETAIL = "That is all I can tell."
WENT_WRONG = "Something went wrong. Please try again."
BUTTON_TROUBLE = "The button does not work."
KEYBOARD_TROUBLE = "The keyboard does not work."
SOCKET_TROUBLE = "Presses from other programs do not work."
CAMERA_LOST = "Camera lost."
CAMERA_BACK = "Camera is back."
CONFIG_REFUSED = "The new settings have a mistake. The old ones stay."
CONFIG_TAKEN = "New settings."
CONFIG_NEEDS_RESTART = "Some of the new settings need a restart."

PROBLEMS = {
    Problem.DARK: "The picture is too dark.",
    Problem.COVERED: "The camera seems to be covered.",
    Problem.OVEREXPOSED: "The picture is too bright.",
    Problem.BLURRED: "The picture is too blurred.",
}

# Earsight sees no obstacles: it may never sound as if a way were free, whatever the model learned to say.
_PROMISES = re.compile(
    r"\b(safe|safely|clear|no (traffic|cars|obstacles?|danger)"
    r"|(empty|deserted) (\w+ )?(road|street|path|way|sidewalk|pavement|crossing|crosswalk|track))\b",
    re.IGNORECASE,
)

_FUNCTION_WORDS = frozenset(
    "a an the is are was were be being in on at of to with and or by for from into onto up down over under "
    "his her their its it he she they while as that this there some one".split()
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence, 0..1, from which a caption is put plainly, with *probably*, or with *maybe*."""

    plain: float
    probably: float
    maybe: float


def trouble(error: Exception) -> str:
    """What to say instead of a description; the log has the error itself."""
    if isinstance(error, StaleFrame):
        return "I can't see: the picture is too old."
    if isinstance(error, CameraError):
        return "I can't see: the camera does not work."
    if isinstance(error, CaptionerError):
        return "I can't describe anything: the model is missing or damaged."
    return WENT_WRONG


def promises_safety(text: str) -> bool:
    return bool(_PROMISES.search(text))


def usable(captions: Sequence[Caption], thresholds: Thresholds) -> list[Caption]:
    """The captions that may be said at all, in their order."""
    return [
        caption
        for caption in captions
        if caption.text and caption.confidence >= thresholds.maybe and not promises_safety(caption.text)
    ]


def hedged(caption: Caption, thresholds: Thresholds) -> str:
    """A sentence whose certainty follows the confidence."""
    text = caption.text
    if caption.confidence >= thresholds.plain:
        return f"{text[0].upper()}{text[1:]}."
    if caption.confidence >= thresholds.probably:
        return f"Probably {text}."
    return f"Not sure, maybe {text}."


def short_description(captions: Sequence[Caption], thresholds: Thresholds) -> str:
    """One sentence for the best caption that may be said, or the admission that none may."""
    said = usable(captions, thresholds)
    return hedged(said[0], thresholds) if said else CANT_TELL


def long_description(captions: Sequence[Caption], thresholds: Thresholds) -> str:
    """The short description, and a second sentence from the next-best caption that adds most to it."""
    said = usable(captions, thresholds)
    if not said:
        return CANT_TELL
    first = short_description(said, thresholds)
    known = _content(said[0].text)
    most = max(said[1:], key=lambda caption: len(_content(caption.text) - known), default=None)
    if most is None or not _content(most.text) - known:
        return f"{first} {NO_MORE_DETAIL}"
    return f"{first} Or maybe {most.text}."


def _content(text: str) -> set[str]:
    return set(re.findall(r"[\w']+", text.lower())) - _FUNCTION_WORDS
