"""The dialogue that presses answer, while one is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from earsight.interaction.turn import Dialogue, Reply
from earsight.system import time_limits
from earsight.triggers.trigger import Press


class OpenDialogue:
    """At most one dialogue, with the timer that ends it when nobody presses.

    Attributes:
        dialogue: The one that is open; None if there is none.
    """

    def __init__(self, keep_waiting: Callable[[], ExitStack], expired: Callable[[], object]) -> None:
        """Args:
        keep_waiting: Keeps notices and narration waiting until its result is closed.
        expired: Called when nobody has pressed for too long.
        """
        self._keep_waiting, self._expired = keep_waiting, expired
        self.dialogue: Dialogue | None = None
        self._opened_at: float | None = None
        self._answered_at: float | None = None
        self._waiting = ExitStack()
        self._timer: asyncio.TimerHandle | None = None

    def open(self, dialogue: Dialogue, pressed_at: float | None = None) -> None:
        """Let presses answer a dialogue.

        Args:
            dialogue: Takes the place of one that is open.
            pressed_at: Time of the press that opened it; if that goes on, it is no answer.
        """
        self.close()
        self.dialogue, self._opened_at = dialogue, pressed_at
        self._waiting = self._keep_waiting()

    def close(self) -> None:
        """Let presses mean what they are bound to."""
        self.stop_timer()
        self.dialogue = None
        self._waiting.close()

    def follow(self, reply: Reply) -> None:
        """Leave the dialogue open, replace it or close it, as its reply says."""
        if reply.dialogue is None:
            self.close()
        elif reply.dialogue is not self.dialogue:
            self.open(reply.dialogue)

    def lasting(self, reply: Reply) -> Reply:
        """The same reply, whose `then`, if it has a dialogue beside it, lasts as long as that is open.

        Once `then` has ended by itself, the dialogue is over, unless its reply goes on with one.
        """
        dialogue, then = reply.dialogue, reply.then
        if dialogue is None or then is None:
            return reply

        async def work() -> Reply:
            last = Reply()
            try:
                last = await then()
            except asyncio.CancelledError:  # by a press, which the dialogue answers
                last = reply
                raise
            finally:
                if self.dialogue is dialogue:
                    self.follow(last)
            return self.lasting(last)

        return replace(reply, then=work)

    def answers(self, press: Press) -> Dialogue | None:
        """The dialogue that a press answers; None if it has its usual meaning."""
        if self.dialogue is None or press.at == self._opened_at:
            return None
        self._answered_at = press.at
        return self.dialogue

    def has_had(self, press: Press) -> bool:
        """Whether a press goes on that has answered a dialogue already: then it means nothing more."""
        return press.at == self._answered_at

    def start_timer(self) -> None:
        """The last word has been said: wait for a press."""
        self.stop_timer()
        if self.dialogue is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(time_limits.DIALOGUE_SILENCE, self._expired)

    def stop_timer(self) -> None:
        """Something is going on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
