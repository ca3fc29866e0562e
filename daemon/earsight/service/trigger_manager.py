"""Buttons, keyboard and control socket: builds those that are configured, and keeps them running."""

from __future__ import annotations

import asyncio
import logging

from earsight.config.schema import Config
from earsight.config.triggers import ButtonSection, GesturesSection
from earsight.interaction.notices import Notices
from earsight.message import Message, message
from earsight.system import time_limits
from earsight.system.systemd import ServiceStatus
from earsight.triggers.button import ButtonTrigger
from earsight.triggers.control import ControlServer, default_control_socket
from earsight.triggers.gestures import GestureRecognizer, GestureTimes
from earsight.triggers.keyboard import KeyboardTrigger
from earsight.triggers.trigger import EventSink, InputEvent, Trigger, TriggerError

_log = logging.getLogger(__name__)

PARTS: dict[str, Message] = {
    "button": message("part.button"),
    "second_button": message("part.second_button"),
    "keyboard": message("part.keyboard"),
    "control_socket": message("part.control_socket"),
}


class TriggerManager:
    """first: takes the presses of the first button, which keyboard and socket stand for. second: those of the
    second one."""

    def __init__(
        self,
        config: Config,
        first: EventSink,
        second: EventSink,
        notices: Notices,
        troubles: ServiceStatus,
    ) -> None:
        self._section = config.triggers
        self._gestures = config.gestures
        self._first, self._second = first, second
        self._notices = notices
        self._troubles = troubles
        self._recognizers: list[GestureRecognizer] = []
        self._opening: set[str] = set()
        self._opened = asyncio.Event()

    def retime(self, gestures: GesturesSection) -> None:
        for recognizer in self._recognizers:
            recognizer.retime(_times(gestures))

    async def opened(self) -> None:
        """Until each of them has listened, or failed."""
        await self._opened.wait()

    async def attend(self) -> None:
        """Until one of them ends by itself, which is the keyboard's q; else for ever."""
        triggers = self._triggers()
        self._opening = {name for _, _, name in triggers}
        async with asyncio.TaskGroup() as group:
            running = [
                group.create_task(self._keep_running(trigger, sink, name)) for trigger, sink, name in triggers
            ]
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                task.cancel()

    def _triggers(self) -> list[tuple[Trigger, EventSink, str]]:
        """Each with who takes its presses, and what the wearer knows it as."""
        section = self._section
        server = ControlServer(section.control_socket or default_control_socket())
        triggers: list[tuple[Trigger, EventSink, str]] = [(server, self._first, "control_socket")]
        if section.keyboard:
            triggers.append((KeyboardTrigger(), self._first, "keyboard"))
        if section.button:
            button = self._button(section.button, "triggers.button", "button")
            triggers.append((button, self._first, "button"))
        if section.second_button:
            button = self._button(section.second_button, "triggers.second_button", "second_button")
            triggers.append((button, self._second, "second_button"))
        return triggers

    def _button(self, section: ButtonSection, key: str, name: str) -> ButtonTrigger:
        recognizer = GestureRecognizer(_times(self._gestures))
        self._recognizers.append(recognizer)

        def stuck() -> None:
            self._notices.news(_stuck(name), message("part.stuck", part=PARTS[name]))

        return ButtonTrigger(section.pin, section.pull_up, section.debounce, recognizer, stuck, key)

    async def _keep_running(self, trigger: Trigger, sink: EventSink, name: str) -> None:
        loop = asyncio.get_running_loop()
        works: list[asyncio.TimerHandle] = []

        def listening() -> None:
            self._decided(name)
            works.append(loop.call_later(time_limits.TRIGGER_WORKING, self._works, name))

        def pressed(event: InputEvent) -> object:
            self._notices.trouble(_stuck(name), None)
            return sink(event)

        while True:
            try:
                await trigger.run(pressed, listening)
                return
            except TriggerError as error:
                self._decided(name)
                if self._troubles.report(name, str(error)):
                    _log.error("%s", error)
                self._notices.trouble(
                    name,
                    message("part.not_working", part=PARTS[name]),
                    over=message("part.working_again", part=PARTS[name]),
                )
            finally:
                while works:
                    works.pop().cancel()
            await asyncio.sleep(time_limits.TRIGGER_RETRY)

    def _decided(self, name: str) -> None:
        self._opening.discard(name)
        if not self._opening:
            self._opened.set()

    def _works(self, name: str) -> None:
        self._troubles.report(name, None)
        self._notices.trouble(name, None)


def _times(section: GesturesSection) -> GestureTimes:
    return GestureTimes(**section.model_dump())


def _stuck(name: str) -> str:
    return f"{name}, stuck"
