"""Read QR codes and barcodes aloud. Whatever they hold is only said: nothing is opened, called or joined."""

from __future__ import annotations

import asyncio
import time
from functools import partial

from earsight.interaction.bindings import Bindings
from earsight.interaction.turn import Perform, Reply, Turn
from earsight.language.code_words import code_words, spelled_password
from earsight.language.language import Language
from earsight.message import counted, message
from earsight.readers.codes import CodesSeen, read_codes
from earsight.scene import Code, Frame
from earsight.system import time_limits
from earsight.triggers.trigger import Gesture
from earsight.voice.speech_queue import Outcome

_MOST = 5
"""Codes that are read from one picture."""


async def scan(turn: Turn) -> Reply:
    """Read what is there; where nothing is, go on looking for some seconds, or until a press.

    The first look is at a usual frame, since a still takes longer; small codes are found in stills.
    """
    seen = await turn.examine(_read)
    if seen.codes:
        return await _told(seen.codes, turn)
    return Reply((message("scan.begun"),), dialogue=Scanning(), then=partial(_look_on, turn, seen.unread))


class Scanning:
    """A search for a code that goes on: any press ends it."""

    def press(self, _source: str, _gesture: Gesture) -> Reply:
        """See Dialogue."""
        return self.expire()

    def expire(self) -> Reply:
        """See Dialogue."""
        return Reply((message("scan.stopped"),))


class PasswordOffer:
    """A long press says the password of a network. Any other press means what it always means."""

    def __init__(self, password: str, bindings: Bindings, language: Language) -> None:
        """Args:
        password: Is only said if the wearer asks for it: others may hear it.
        bindings: What gestures mean.
        language: The wearer's.
        """
        self._password, self._bindings, self._language = password, bindings, language

    def press(self, source: str, gesture: Gesture) -> Reply | Perform:
        """See Dialogue."""
        if gesture is Gesture.LONG:
            return Reply(spelled_password(self._password, self._language), dialogue=self)
        action = self._bindings.action(source, gesture)
        return Reply() if action is None else Perform(action)

    def expire(self) -> Reply:
        """See Dialogue."""
        return Reply()


def _read(frame: Frame) -> CodesSeen:
    return read_codes(frame.pixels)


async def _look_on(turn: Turn, was_unread: bool) -> Reply:
    ends_at = time.monotonic() + time_limits.SCAN_LASTS
    while time.monotonic() < ends_at:
        seen = await turn.examine(_read, in_still=True)
        if seen.codes:
            return await _told(seen.codes, turn)
        was_unread |= seen.unread
        await asyncio.sleep(time_limits.SCAN_PAUSE)
    return Reply((message("scan.none"), message("scan.unread") if was_unread else message("scan.aim")))


async def _told(codes: tuple[Code, ...], turn: Turn) -> Reply:
    """Say all codes but the last, and reply with that one."""
    told = [code_words(code, turn.language) for code in codes[:_MOST]]
    if len(codes) > 1:
        await turn.say(counted("scan.several", len(codes)))
    for each in told[:-1]:
        if await turn.say(*each.words) is not Outcome.SPOKEN:
            return Reply()
    password = next((each.password for each in told if each.password), "")
    offer = PasswordOffer(password, turn.bindings, turn.language) if password else None
    return Reply(told[-1].words, dialogue=offer)
