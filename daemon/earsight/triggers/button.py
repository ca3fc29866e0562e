"""A push button on a GPIO pin."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from earsight.triggers.debounce import Debouncer
from earsight.triggers.gestures import GestureRecognizer, Stuck
from earsight.triggers.pins import Pin
from earsight.triggers.trigger import EventSink, InputEvent, Listening, TriggerError

_log = logging.getLogger(__name__)


class ButtonTrigger:
    """Presses of the button on `pin` (BCM number), told apart by `recognizer`.

    pull_up: the button connects the pin to ground; otherwise to 3.3 volts. debounce: seconds for which the
    contacts may bounce. stuck: called once each time the button gets stuck; like the press sink it is called
    on the event loop's thread. key: of the configuration, for messages.
    """

    def __init__(
        self,
        pin: int,
        pull_up: bool,
        debounce: float,
        recognizer: GestureRecognizer,
        stuck: Callable[[], None],
        key: str = "triggers.button",
    ) -> None:
        self._pin = pin
        self._pull_up = pull_up
        self._debounce = debounce
        self._recognizer = recognizer
        self._stuck = stuck
        self._key = key

    async def run(self, sink: EventSink, listening: Listening = lambda: None) -> None:
        """Pass on events until cancelled. Raises TriggerError when the pin can't be had."""
        opening = asyncio.ensure_future(asyncio.to_thread(Pin, self._pin, self._pull_up, self._key))
        try:
            pin = await asyncio.shield(opening)
        except asyncio.CancelledError:
            # The thread can't be stopped: give back what it opens.
            with suppress(TriggerError):
                (await opening).close()
            raise
        try:
            listening()
            await self._listen(pin, sink)
        finally:
            pin.close()

    async def _listen(self, pin: Pin, sink: EventSink) -> None:
        edges: asyncio.Queue[tuple[float, bool]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def changed(down: bool) -> None:  # on gpiozero's thread
            with suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(edges.put_nowait, (time.monotonic(), down))

        pin.watch(changed)
        down = pin.is_down()
        debouncer = Debouncer(self._debounce, down)
        self._recognizer.found(time.monotonic(), down)
        while True:
            deadlines = (debouncer.deadline, self._recognizer.deadline)
            alarm = min((d for d in deadlines if d is not None), default=None)
            try:
                async with asyncio.timeout_at(alarm):
                    t, down = await edges.get()
                settled = debouncer.edge(t, down)
            except TimeoutError:
                t = max(time.monotonic(), alarm or 0.0)  # the loop may wake a hair early
                settled = debouncer.expire(t)
            for at, down in settled:
                self._tell(self._recognizer.press(at) if down else self._recognizer.release(at), sink)
            self._tell(self._recognizer.expire(t), sink)

    def _tell(self, events: list[InputEvent | Stuck], sink: EventSink) -> None:
        for event in events:
            if isinstance(event, Stuck):
                _log.warning("the button on GPIO %d has been down for too long", self._pin)
                self._stuck()
            else:
                sink(event)
