"""Keeps all inputs listening, and tells the wearer and the service manager which of them don't."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import Enum, auto

from earsight.actions import ACTIONS
from earsight.config.schema import Config
from earsight.config.triggers import GesturesSection
from earsight.interaction.bindings import build_bindings
from earsight.interaction.notices import Notices
from earsight.message import message
from earsight.system import time_limits
from earsight.system.systemd import ServiceStatus
from earsight.triggers.gestures import GestureRecognizer, GestureTimes
from earsight.triggers.input import Input, Wiring
from earsight.triggers.registry import inputs
from earsight.triggers.trigger import (
    AbsentError,
    AsleepError,
    EventSink,
    InputEvent,
    Trigger,
    TriggerError,
)

_log = logging.getLogger(__name__)


class State(Enum):
    """Of one input."""

    OPENING = auto()
    LISTENING = auto()  # it has its device, but not for long
    WORKING = auto()
    FAILED = auto()  # to be tried again


class TriggerManager:
    """Runs the triggers of all inputs.

    Args:
        config: The settings.
        sink: Takes what happens: the name of the input, and the event.
        do: Takes an action that another program asks for; see Wiring.
        notices: What the wearer has to know.
        status: What the service manager has to know.
    """

    def __init__(
        self,
        config: Config,
        sink: Callable[[str, InputEvent], object],
        do: Callable[[str, str | None], object],
        notices: Notices,
        status: ServiceStatus,
    ) -> None:
        self._times, self._bindings = _times(config.gestures), build_bindings(config)
        self._sink = sink
        self._notices = notices
        self._recognizers: dict[str, GestureRecognizer] = {}
        self._opened = asyncio.Event()
        found = inputs(config.triggers)
        buttons = ["button", "second_button", *config.triggers.keys]
        wiring = Wiring(self._recognizer, self._stuck, sink, buttons, ACTIONS, do)
        self._parts = {one.name: one.part for one in found}
        self._running = [
            _RunningTrigger(one, one.build(wiring), notices, status, self._changed) for one in found
        ]

    def reconfigure(self, config: Config) -> None:
        """Tell gestures apart as new settings say it, from now on."""
        self._times, self._bindings = _times(config.gestures), build_bindings(config)
        for name, recognizer in self._recognizers.items():
            recognizer.retime(self._times)
            recognizer.rebind(
                triple=self._bindings.has_triple(name),
                long_on_release=self._bindings.long_on_release(name),
                tells_release=self._bindings.listens(name),
            )

    async def opened(self) -> None:
        """Wait until each input has listened, or failed."""
        await self._opened.wait()

    async def run(self) -> None:
        """Until one of the triggers ends by itself, which is the keyboard's q; otherwise for ever."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one.run(self._sink_of(one.name))) for one in self._running]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()

    def _sink_of(self, name: str) -> EventSink:
        def happened(event: InputEvent) -> object:
            self._notices.trouble(_stuck(name), None)  # whoever can press it has seen to that
            return self._sink(name, event)

        return happened

    def _recognizer(self, name: str) -> GestureRecognizer:
        recognizer = GestureRecognizer(
            self._times,
            triple=self._bindings.has_triple(name),
            long_on_release=self._bindings.long_on_release(name),
            tells_release=self._bindings.listens(name),
        )
        self._recognizers[name] = recognizer
        return recognizer

    def _stuck(self, name: str) -> None:
        self._notices.trouble(_stuck(name), message("part.stuck", part=self._parts[name]))

    def _changed(self) -> None:
        if all(one.state is not State.OPENING for one in self._running):
            self._opened.set()


class _RunningTrigger:
    """One trigger, run again and again. changed: called when its state has changed."""

    def __init__(
        self,
        its: Input,
        trigger: Trigger,
        notices: Notices,
        status: ServiceStatus,
        changed: Callable[[], object],
    ) -> None:
        self.name = its.name
        self.state = State.OPENING
        self._label, self._part = its.label, its.part
        self._trigger = trigger
        self._notices, self._status = notices, status
        self._changed = changed
        self._steady: asyncio.TimerHandle | None = None

    async def run(self, sink: EventSink) -> None:
        """Until the trigger ends by itself."""
        while True:
            try:
                await self._trigger.run(sink, self._listening)
                return
            except TriggerError as error:
                self._failed(error)
                pause = (
                    time_limits.DEVICE_LOOK if isinstance(error, AbsentError) else time_limits.TRIGGER_RETRY
                )
            finally:
                if self._steady is not None:
                    self._steady.cancel()
            await asyncio.sleep(pause)

    def _listening(self) -> None:
        self._enter(State.LISTENING)
        self._steady = asyncio.get_running_loop().call_later(time_limits.TRIGGER_WORKING, self._works)

    def _works(self) -> None:
        self._enter(State.WORKING)
        self._status.report(self._label, None)
        self._notices.trouble(self._label, None)

    def _failed(self, error: TriggerError) -> None:
        self._enter(State.FAILED)
        if self._status.report(self._label, str(error)):
            _log.log(logging.INFO if isinstance(error, AsleepError) else logging.ERROR, "%s", error)
        if isinstance(error, AsleepError):
            return
        wrong = message("part.not_working", part=self._part)
        over = message("part.working_again", part=self._part)
        if isinstance(error, AbsentError):
            wrong, over = message("part.absent", part=self._part), message("part.connected", part=self._part)
        self._notices.trouble(self._label, wrong, over=over)

    def _enter(self, state: State) -> None:
        self.state = state
        self._changed()


def _times(section: GesturesSection) -> GestureTimes:
    return GestureTimes(**section.model_dump())


def _stuck(name: str) -> str:
    return f"{name}, stuck"
