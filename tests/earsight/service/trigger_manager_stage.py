"""Inputs that fail and come back, on a clock of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from earsight.config.schema import Config
from earsight.interaction.notices import Notices
from earsight.message import Message, message
from earsight.service import trigger_manager
from earsight.service.trigger_manager import State, TriggerManager
from earsight.system.systemd import ServiceStatus
from earsight.triggers.input import Input, Wiring
from earsight.triggers.trigger import (
    EventSink,
    Listening,
    Trigger,
    TriggerError,
)
from tests.earsight import virtual_time


class Told(Notices):
    """Keeps what it is told, and what a wearer would have heard of it by now."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Message] = []
        self._state: dict[str, Message | None] = {}

    def trouble(self, matter: str, text: Message | None, over: Message | None = None) -> None:
        before = self._state.get(matter)
        self._state[matter] = text
        if text != before and text is not None:
            self.over = over
            self.said.append(text)
        elif text is None and before is not None:
            assert self.over is not None
            self.said.append(self.over)

    def news(self, _matter: str, text: Message) -> None:
        self.said.append(text)


class Script:
    """A trigger that goes by a script: an error is raised, a number is listened for so many seconds."""

    def __init__(self, *steps: TriggerError | float) -> None:
        self.steps = list(steps)
        self.began: list[float] = []
        self.sink: EventSink | None = None

    async def run(self, sink: EventSink, listening: Listening = lambda: None) -> None:
        self.began.append(asyncio.get_running_loop().time())
        self.sink = sink
        step = self.steps.pop(0) if self.steps else float("inf")
        while not isinstance(step, TriggerError):
            listening()
            if step == float("inf"):
                await asyncio.get_running_loop().create_future()
            await asyncio.sleep(step)
            if not self.steps:
                return
            step = self.steps.pop(0)
        raise step


def configured(**settings: object) -> Config:
    return Config.model_validate({"triggers": {"keys": {"pedal": {"key": 48}}}} | settings)


class Managed:
    """A manager of triggers of the test's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *triggers: Trigger, **settings: object) -> None:
        names = ["button", "second_button", "pedal"][: len(triggers)]
        self.wiring: Wiring

        def build(trigger: Trigger) -> Callable[[Wiring], Trigger]:
            def built(wiring: Wiring) -> Trigger:
                self.wiring = wiring
                return trigger

            return built

        inputs = [
            Input(name, f"label {name}", message("part.button"), build(trigger))
            for name, trigger in zip(names, triggers, strict=True)
        ]
        monkeypatch.setattr(trigger_manager, "inputs", lambda _section: inputs)
        self.notices, self.status = Told(), ServiceStatus()
        self.events: list[tuple[str, object]] = []
        self.done: list[tuple[str, str | None]] = []
        self.manager = TriggerManager(
            configured(**settings),
            lambda *event: self.events.append(event),
            lambda *asked: self.done.append(asked),
            self.notices,
            self.status,
        )

    @property
    def states(self) -> list[State]:
        return [one.state for one in self.manager._running]


def played(managed: Managed, script: Callable[[], Awaitable[None]]) -> None:
    """What `script` sees while the manager runs."""

    async def main() -> None:
        running = asyncio.create_task(managed.manager.run())
        await script()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    virtual_time.run(main())


async def at(seconds: float) -> None:
    """Until that time, and whatever happens then."""
    await asyncio.sleep(seconds - asyncio.get_running_loop().time() + 0.001)
