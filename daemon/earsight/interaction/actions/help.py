"""Say what the buttons do."""

from __future__ import annotations

from earsight.actions import ACTIONS
from earsight.interaction.bindings import BUTTON, SECOND_BUTTON
from earsight.interaction.turn import Reply, Turn
from earsight.message import Message, message
from earsight.triggers.trigger import Gesture

GESTURES: dict[Gesture, Message] = {
    Gesture.SHORT: message("gesture.short"),
    Gesture.DOUBLE: message("gesture.double"),
    Gesture.TRIPLE: message("gesture.triple"),
    Gesture.LONG: message("gesture.long"),
    Gesture.VERY_LONG: message("gesture.very_long"),
}
"""What each gesture is called, in the order of the help."""


async def help(turn: Turn) -> Reply:
    """What the input does that asks, and after that what the second button does if there is one."""
    source = BUTTON if turn.source == SECOND_BUTTON else turn.source
    words = _of(turn, source)
    if SECOND_BUTTON in turn.bindings.present:
        words += [message("help.second_button"), *_of(turn, SECOND_BUTTON)]
    if "menu" in turn.bindings.of(source).values():
        words += [message("help.menu"), message("help.reading")]
    return Reply(tuple(words))


def _of(turn: Turn, source: str) -> list[Message]:
    bound = turn.bindings.of(source)
    return [
        message("help.gesture", gesture=text, action=ACTIONS[bound[gesture]].label)
        for gesture, text in GESTURES.items()
        if gesture in bound
    ]
