"""How a caption is put, so that the wearer hears how sure it is.

Blind people catch only about half of a captioner's errors by themselves, so doubt belongs in the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from earsight.cameras.source import BlackPictures, CameraError, StaleFrame
from earsight.captioners.captioner import CaptionerError
from earsight.language.english import careful
from earsight.language.english.safety import promises_safety
from earsight.language.english.vocabulary import THINGS, with_kinds
from earsight.scene import Caption, Problem
from earsight.system.throttling import Throttling

CANT_TELL = "I can't tell what this is."
NOTHING_TO_REPEAT = "I have not described anything yet."
NO_MORE_DETAIL = "That is all I can tell."
WENT_WRONG = "Something went wrong. Please try again."
BUTTON = "The button"
SECOND_BUTTON = "The second button"
KEYBOARD = "The keyboard"
SOCKET = "Pressing from other programs"
CAMERA_LOST = "Camera lost."
CAMERA_BLACK = "The camera sees only black."
CAMERA_BACK = "Camera is back."
CONFIG_REFUSED = "The new settings have a mistake. The old ones stay."
CONFIG_TAKEN = "New settings."
CANT_START_CONFIG = "I can't start: the settings have a mistake."
CANT_START_CRASHES = "I can't start: I have failed too often in a row. Switch me off and on to try again."
VOICE_INSTEAD = "The voice of the settings does not work. This is another one."
CANT_KEEP_UP = "I can't keep up, so I look less often."
LESS_OFTEN = "I look less often."
AS_BEFORE = "I look as often as before."
STRAINED = {
    Throttling.HOT: "The board is hot and gets slower.",
    Throttling.WEAK: "The power is low, and the board gets slower.",
}
LOUDER, LOUDEST = "Louder.", "As loud as it gets."
QUIETER, QUIETEST = "Quieter.", "As quiet as it gets."
SOUND_BACK = "Sound is back."
CONFIG_NEEDS_RESTART = "Some of the new settings need a restart."

PROBLEMS = {
    Problem.DARK: "The picture is too dark.",
    Problem.COVERED: "The camera seems to be covered.",
    Problem.OVEREXPOSED: "The picture is too bright.",
    Problem.BLURRED: "The picture is too blurred.",
}

_FUNCTION_WORDS = frozenset(
    "a an the is are was were be being in on at of to with and or by for from into onto up down over under "
    "his her their its it he she they while as that this there some one".split()
)


class Style(StrEnum):
    """What is done about doubt. HEDGED: the caption is said, with the doubt before it. CAREFUL: what is not
    likely is left out."""

    HEDGED = "hedged"
    CAREFUL = "careful"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """0..1. Confidence from which a caption is put plainly, with *probably*, or with *maybe*; likelihood from
    which the careful style says a thing."""

    plain: float
    probably: float
    maybe: float
    likely: float = 0.8


def does_not_work(name: str) -> str:
    """name: BUTTON, SECOND_BUTTON, KEYBOARD or SOCKET."""
    return f"{name} does not work."


def works_again(name: str) -> str:
    return f"{name} works again."


def is_stuck(name: str) -> str:
    return f"{name} seems to be stuck."


def trouble(error: Exception) -> str:
    """What to say instead of a description; the log has the error itself."""
    if isinstance(error, StaleFrame):
        return "I can't see: the picture is too old."
    if isinstance(error, BlackPictures):
        return "I can't see: the picture is all black."
    if isinstance(error, CameraError):
        return "I can't see: the camera does not work."
    if isinstance(error, CaptionerError):
        return "I can't describe anything: the model is missing or damaged."
    return WENT_WRONG


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
        return f"{_capital(text)}."
    if caption.confidence >= thresholds.probably:
        return f"Probably {text}."
    return f"Not sure, maybe {text}."


def short_description(
    captions: Sequence[Caption], thresholds: Thresholds, style: Style = Style.HEDGED
) -> str:
    """One sentence, or the admission that there is none that may be said. captions: best first.

    Hedged: the best caption that may be said. Careful: what is likely in all of them.
    """
    if style is Style.CAREFUL:
        text = careful.phrase(_likely(captions, thresholds))
        return f"{_capital(text)}." if text else CANT_TELL
    said = usable(captions, thresholds)
    return hedged(said[0], thresholds) if said else CANT_TELL


def long_description(captions: Sequence[Caption], thresholds: Thresholds, style: Style = Style.HEDGED) -> str:
    """The short description and a second sentence. captions: best first.

    Hedged: from the next-best caption that adds most to it. Careful: what else is probable.
    """
    first = short_description(captions, thresholds, style)
    if first == CANT_TELL:
        return CANT_TELL
    if style is Style.CAREFUL:
        more = careful.phrase(_probable(captions, thresholds))
        return f"{first} Probably also {more}." if more else f"{first} {NO_MORE_DETAIL}"
    said = usable(captions, thresholds)
    known = _content(said[0].text)
    most = max(said[1:], key=lambda caption: len(_content(caption.text) - known), default=None)
    if most is None or not _content(most.text) - known:
        return f"{first} {NO_MORE_DETAIL}"
    return f"{first} Or maybe {most.text}."


def _likely(captions: Sequence[Caption], thresholds: Thresholds) -> list[careful.Found]:
    """Nothing where no caption may be said: a picture of nothing has nothing likely in it."""
    doubted = all(caption.confidence < thresholds.maybe for caption in captions)
    return [] if doubted else careful.likely(captions, thresholds.likely)


def _probable(captions: Sequence[Caption], thresholds: Thresholds) -> list[careful.Found]:
    """What is not likely but probable, and nothing more specific about what is: that stays unsure."""
    known = {found.name for found in _likely(captions, thresholds)}
    least = min(thresholds.probably, thresholds.likely)
    things = {name for name in known if not THINGS[name].place}
    return [
        found
        for found in careful.likely(captions, least)
        if found.name not in known and not with_kinds(found.name) & things
    ]


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _content(text: str) -> set[str]:
    return set(re.findall(r"[\w']+", text.lower())) - _FUNCTION_WORDS
