"""A button: the ups and downs of any line, told apart as gestures."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from earsight.message import Message, message
from earsight.triggers.debounce import Debouncer
from earsight.triggers.gestures import GestureRecognizer, Stuck
from earsight.triggers.line import Line, OpenLine, opened
from earsight.triggers.trigger import EventSink, InputEvent, Listening, TriggerError

_log = logging.getLogger(__name__)


def part_of(name: str) -> Message:
    """What the wearer calls the button or key of this name."""
    if name == "button":
        return message("part.button")
    if name == "second_button":
        return message("part.second_button")
    return message("part.key", name=name.replace("_", " "))


class ButtonTrigger:
    """A trigger that recognises the gestures of one line.

    Args:
        open_line: Opens the line.
        debounce: Seconds for which its contacts may bounce.
        recognizer: Tells its gestures apart.
        stuck: Called each time the button gets stuck, on the event loop's thread.
    """

    def __init__(
        self,
        open_line: OpenLine,
        debounce: float,
        recognizer: GestureRecognizer,
        stuck: Callable[[], object],
    ) -> None:
        self._open_line = open_line
        self._debounce = debounce
        self._recognizer = recognizer
        self._stuck = stuck

    async def run(self, sink: EventSink, listening: Listening = lambda: None) -> None:
        """Pass on events until cancelled.

        Raises:
            TriggerError: The line can't be had, or has gone.
        """
        async with opened(self._open_line) as line:
            await self._listen(line, sink, listening)

    async def _listen(self, line: Line, sink: EventSink, listening: Listening) -> None:
        edges: asyncio.Queue[tuple[float, bool] | TriggerError] = asyncio.Queue()
        line.watch(lambda at, down: edges.put_nowait((at, down)), edges.put_nowait)
        down = line.is_down()
        debouncer = Debouncer(self._debounce, down)
        self._recognizer.found(time.monotonic(), down)
        listening()
        while True:
            deadlines = (debouncer.deadline, self._recognizer.deadline)
            alarm = min((d for d in deadlines if d is not None), default=None)
            try:
                async with asyncio.timeout_at(alarm):
                    edge = await edges.get()
            except TimeoutError:
                if not edges.empty():  # of a loop that was held up: what happened comes before the alarm
                    continue
                t = max(time.monotonic(), alarm or 0.0)  # the loop may wake a hair early
                settled = debouncer.expire(t)
            else:
                if isinstance(edge, TriggerError):
                    raise edge
                t = edge[0]
                settled = debouncer.edge(*edge)
            for at, down in settled:
                self._tell(line, self._recognizer.press(at) if down else self._recognizer.release(at), sink)
            self._tell(line, self._recognizer.expire(t), sink)

    def _tell(self, line: Line, events: list[InputEvent | Stuck], sink: EventSink) -> None:
        for event in events:
            if isinstance(event, Stuck):
                _log.warning("%s has been down for too long", line.name)
                self._stuck()
            else:
                sink(event)
