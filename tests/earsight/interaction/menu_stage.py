"""The menu's entries, and a narrator whose menu is open."""

from earsight.actions import ACTIONS
from earsight.interaction.press_end import PressEnd
from earsight.triggers.trigger import Gesture
from tests.earsight.words import english

BOUND = ["describe", "detail", "repeat"]


ENTRIES = [name for name in ACTIONS if name not in ("menu", "listen", *BOUND)] + BOUND
"""What the button has a gesture for comes last. Without a microphone there is nothing to listen with."""


OPENED, CLOSED = english("menu.opened"), english("menu.closed")


def said(name):
    return f"{english(ACTIONS[name].label)}."


async def opened(on):
    assert await on.press(Gesture.VERY_LONG) is PressEnd.SPOKEN
    assert on.said == [f"{OPENED}. {said(ENTRIES[0])}"]
