"""The service: puts its parts together, runs them, and ends them.

Crash-only: an input or a voice that fails is tried again; a worker that hangs no longer feeds the watchdog,
and the service manager starts a new process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from earsight.config.last_good import LastGoodSettings
from earsight.config.schema import Config
from earsight.errors import CaptionerError
from earsight.interaction.bindings import BUTTON
from earsight.interaction.press_end import PressEnd
from earsight.language.utterance import Priority, Utterance
from earsight.message import Message, message
from earsight.service.builders import Builders
from earsight.service.components import Components, assemble
from earsight.service.crash_loop import CrashLoop
from earsight.service.lifecycle import Lifecycle, State
from earsight.service.reload import FILE_LOST, SettingsReload
from earsight.service.signals import handled_signals
from earsight.service.startup import Startup
from earsight.service.supervisor import Supervisor
from earsight.system import time_limits
from earsight.triggers.trigger import InputEvent


@dataclass(frozen=True)
class Options:
    """How the service was started.

    Attributes:
        config_file: Watched and reloaded; None for the defaults, which never change.
        adjust: What the command line changes in any settings that are read.
        crash_loop: Is told when this start has lasted, or why it has not.
        last_good: Keeps settings that worked.
        file_is_lost: Whether the settings are the last good ones, since the file has lost its content.
        on_stop: Called when a signal asks for the end.
        build: Makes what reaches outside the process.
    """

    config_file: Path | None = None
    adjust: Callable[[Config], Config] = field(default=lambda config: config)
    crash_loop: CrashLoop = field(default_factory=partial(CrashLoop, None))
    last_good: LastGoodSettings = field(default_factory=partial(LastGoodSettings, None, None))
    file_is_lost: bool = False
    on_stop: Callable[[], None] = field(default=lambda: None)
    build: Builders = field(default_factory=Builders)


class Service:
    """One run of Earsight. Make it on the running event loop; run() or run_once() may be called once."""

    def __init__(self, config: Config, options: Options | None = None) -> None:
        """Args:
        config: The settings.
        options: How the service was started.
        """
        self._config = config
        self._options = options or Options()
        self._lifecycle = Lifecycle()
        self._parts: Components
        self._startup: Startup
        self._reload: SettingsReload | None = None

    @property
    def state(self) -> State:
        """What the service is doing now."""
        return self._lifecycle.state

    def press(self, event: InputEvent, source: str = BUTTON) -> asyncio.Future[PressEnd] | None:
        """What every trigger calls; see Narrator.take(). Only while run() or run_once() goes on."""
        end = self._parts.narrator.take(event, source)
        if end is not None:
            end.add_done_callback(self._ended)
        return end

    def do(self, action: str, argument: str | None = None) -> asyncio.Future[PressEnd]:
        """Carry out an action that another program asks for; see press() and Narrator.do()."""
        end = self._parts.narrator.do(action, "control_socket", argument)
        end.add_done_callback(self._ended)
        return end

    def stop(self) -> None:
        """Let run() come to its end."""
        self._lifecycle.stop()

    async def run(self) -> None:
        """Serve until stop(), SIGTERM, SIGINT or the keyboard's q.

        Raises:
            VoiceError: There is no voice.
        """
        with handled_signals(self._asked_to_stop, self._asked_to_reload):
            self._open()
            try:
                await self._serve()
                if self._lifecycle.was_ready:  # the service manager also ends a start that takes too long
                    self._options.crash_loop.clear()
            finally:
                self.stop()
                await self._parts.close()

    async def run_once(self) -> PressEnd:
        """Describe once what is in front of the camera.

        Returns:
            How it ended.

        Raises:
            VoiceError: There is no voice.
        """
        self._open()
        try:
            with suppress(CaptionerError):  # the press will say it
                await self._parts.look_worker.ready()
            await asyncio.to_thread(self._parts.camera.wait_ready, time_limits.FIRST_FRAME)
            if self._parts.shows_demo_photos:
                await self._say(message("camera.demo_photos"))
            return await self.do("describe")
        finally:
            self.stop()
            await self._parts.close()

    def _open(self) -> None:
        options = self._options
        self._parts = assemble(
            self._config, options.build, lambda source, event: self.press(event, source), self.do
        )
        self._startup = Startup(self._parts, self._config, self._lifecycle, options.crash_loop)
        if options.config_file:
            self._reload = SettingsReload(
                options.config_file,
                options.adjust,
                self._config,
                self._parts,
                self._lifecycle,
                options.last_good,
            )
        if options.file_is_lost:
            self._parts.status.report("settings", "the file is lost; the last good settings are in use")
            self._parts.notices.trouble(FILE_LOST, message("settings.last_good"))

    async def _serve(self) -> None:
        parts, narrator = self._parts, self._parts.narrator
        supervisor = Supervisor(
            parts.camera, parts.look_worker, narrator, parts.status, self._options.crash_loop
        )
        work: list[Coroutine[None, None, object]] = [
            self._run_triggers(),
            parts.notices.say(parts.speaker, lambda: narrator.policy.language),
            supervisor.watch_camera(),
            supervisor.watch_sound(),
            supervisor.watch_other_machine(),
            supervisor.watch_board(),
            self._startup.run(),
            self._startup.until_it_has_lasted(),
            # A model that loads may take longer than the watchdog waits, and would count as a slow board.
            self._once_ready(supervisor.feed_watchdog()),
            self._once_ready(narrator.narration.run()),
        ]
        if self._reload:
            work.append(self._reload.run())
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(task) for task in work]
            await self._lifecycle.stopping()
            parts.speaker.silence()
            for task in running:
                task.cancel()

    async def _run_triggers(self) -> None:
        await self._parts.triggers.run()
        self.stop()

    async def _once_ready(self, work: Coroutine[None, None, object]) -> None:
        try:
            await self._lifecycle.ready()
        except asyncio.CancelledError:
            work.close()
            raise
        await work

    def _asked_to_stop(self) -> None:
        self._options.on_stop()
        self.stop()

    def _asked_to_reload(self) -> None:
        if self._reload:
            self._reload.ask()

    def _ended(self, end: asyncio.Future[PressEnd]) -> None:
        if not end.cancelled() and end.result() is PressEnd.SPOKEN and self._parts.narrator.has_described:
            self._startup.described()

    async def _say(self, words: Message) -> None:
        language = self._parts.narrator.policy.language
        await self._parts.speaker.say(Utterance(language.text(words), Priority.ANSWER, language.code))
