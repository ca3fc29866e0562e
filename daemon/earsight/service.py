"""The service: starts the parts, keeps them going, and ends them.

Crash-only: a trigger or a voice that fails is tried again; a worker that hangs stops the watchdog's food,
and the service manager starts a new process.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from earsight import parts, wording
from earsight.cameras.camera import Camera
from earsight.captioners.captioner import CaptionerError
from earsight.config import LIVE_SECTIONS, RESTART_SECTIONS, Config, changed_sections
from earsight.config_file import ConfigError, load_config
from earsight.eyes import Eyes
from earsight.narrator import Narrator, PressEnd
from earsight.systemd_notify import notify, watchdog_interval
from earsight.triggers.button import ButtonTrigger
from earsight.triggers.control import ControlServer, default_control_socket
from earsight.triggers.gestures import GestureRecognizer
from earsight.triggers.keyboard import HELP, KeyboardTrigger
from earsight.triggers.trigger import Gesture, Press, Trigger, TriggerError
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError

_log = logging.getLogger(__name__)

_TRIGGER_RETRY = 5.0
_POLL = 0.5
"""Seconds between looks at the camera's state and at the config file."""
_FIRST_FRAME = 10.0
"""Seconds that a camera may take for its first picture when one press is all there is."""


@dataclass(frozen=True)
class Options:
    """How the service was started. config_file: watched and reloaded; None: the defaults, never reloaded.

    adjust: what the command line changes in any configuration that is loaded.
    """

    config_file: Path | None = None
    adjust: Callable[[Config], Config] = field(default=lambda config: config)
    build: parts.Builders = field(default_factory=parts.Builders)


class Service:
    """One run of Earsight, built from a configuration. Make it on the running event loop."""

    def __init__(self, config: Config, options: Options | None = None) -> None:
        self._config = config
        self._options = options or Options()
        self._build = self._options.build
        self._camera = Camera(self._build.source(config.camera), rotation=config.camera.rotation)
        self._eyes = Eyes(self._camera, partial(parts.build_captioner, config.captioner))
        gestures = config.gestures
        self._recognizer = GestureRecognizer(
            gestures.long_press, gestures.double_window, gestures.stuck_after
        )
        self._narrator: Narrator
        self._stopping = asyncio.Event()
        self._reload = asyncio.Event()
        self._background: set[asyncio.Task[None]] = set()

    def press(self, press: Press) -> asyncio.Future[PressEnd] | None:
        """What every trigger calls; see Narrator.press(). Only while run() or run_once() goes on."""
        return self._narrator.press(press)

    def stop(self) -> None:
        """Let run() come to its end."""
        self._stopping.set()

    async def run(self) -> None:
        """Serve until stop(), SIGTERM, SIGINT or the keyboard's q."""
        await self._start()
        try:
            with self._signals():
                await self._serve()
        finally:
            await self._end()

    async def run_once(self) -> PressEnd:
        """One press, spoken to its end."""
        await self._start()
        try:
            with contextlib.suppress(CaptionerError):  # the press will say it
                await self._eyes.ready()
            await asyncio.to_thread(self._camera.wait_ready, _FIRST_FRAME)
            end = self.press(Press(Gesture.SHORT, time.monotonic()))
            assert end is not None  # a short press always has one
            return await end
        finally:
            await self._end()

    # Start and end

    async def _start(self) -> None:
        speaker = await self._build.speaker(self._config.voice)
        self._narrator = Narrator(self._eyes, speaker, parts.build_policy(self._config))
        self._camera.start()

    async def _end(self) -> None:
        notify("STOPPING=1")
        await self._narrator.close()
        await self._narrator.speaker.close()
        await asyncio.gather(asyncio.to_thread(self._camera.close), asyncio.to_thread(self._eyes.close))

    async def _serve(self) -> None:
        tasks = [self._attend(trigger, trouble) for trigger, trouble in self._triggers()]
        tasks += [self._narrator.narrate(), self._watch_camera(), self._watch_config(), self._live()]
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(task) for task in (*tasks, self._welcome())]
            await self._stopping.wait()
            for task in (*running, *self._background):
                task.cancel()

    async def _welcome(self) -> None:
        try:
            await self._eyes.ready()
        except CaptionerError as error:
            _log.error("%s", error)
            self._notice(wording.trouble(error))
        except Exception as error:  # tried again at every press; the service stays up to say so
            _log.exception("the captioner can't be loaded")
            self._notice(wording.trouble(error))
        notify("READY=1")
        _log.info("ready. %s", HELP if self._config.triggers.keyboard else "")
        with contextlib.suppress(Exception):  # a voice that fails is told of at the first press
            await self._narrator.speaker.earcon(Earcon.READY)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        handlers = {
            signal.SIGTERM: self._stopping.set,
            signal.SIGINT: self._stopping.set,
            signal.SIGHUP: self._reload.set,
        }
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
        try:
            yield
        finally:
            for number in handlers:
                loop.remove_signal_handler(number)

    # Triggers

    def _triggers(self) -> list[tuple[Trigger, str]]:
        """Each with what to say when it can't be had."""
        section = self._config.triggers
        server = ControlServer(section.control_socket or default_control_socket())
        triggers: list[tuple[Trigger, str]] = [(server, wording.SOCKET_TROUBLE)]
        if section.keyboard:
            triggers.append((KeyboardTrigger(), wording.KEYBOARD_TROUBLE))
        if section.button:
            button = section.button
            trigger = ButtonTrigger(
                button.pin, button.pull_up, button.debounce, self._recognizer, self._notice
            )
            triggers.append((trigger, wording.BUTTON_TROUBLE))
        return triggers

    async def _attend(self, trigger: Trigger, trouble: str) -> None:
        """Keep a trigger running. One that ends by itself (the keyboard's q) ends the service."""
        told = ""
        while True:
            try:
                await trigger.run(self.press)
                self._stopping.set()
                return
            except TriggerError as error:
                if str(error) != told:
                    told = str(error)
                    _log.error("%s", error)
                    self._notice(trouble)
            await asyncio.sleep(_TRIGGER_RETRY)

    def _notice(self, text: str) -> None:
        self._soon(self._narrator.notice(text))

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # Watching

    async def _watch_camera(self) -> None:
        lost = False
        while True:
            await asyncio.sleep(_POLL)
            reason = self._camera.lost  # the camera has logged it
            if reason and not lost:
                self._notice(wording.CAMERA_LOST)
            elif lost and not reason:
                self._notice(wording.CAMERA_BACK)
            lost = reason is not None

    async def _live(self) -> None:
        """Feed the watchdog when the worker has done something, never because time has passed."""
        interval = watchdog_interval()
        while interval is not None:
            await self._eyes.pulse()
            notify("WATCHDOG=1")
            await asyncio.sleep(interval / 3)

    async def _watch_config(self) -> None:
        path = self._options.config_file
        if path is None:
            return
        seen = _stamp(path)
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._reload.wait(), _POLL)
            stamp = _stamp(path)
            # A file that is not there is being replaced, unless a reload was asked for.
            if self._reload.is_set() or stamp not in (seen, None):
                self._reload.clear()
                seen = stamp
                await self._reload_config(path)

    async def _reload_config(self, path: Path) -> None:
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            await self._take(self._options.adjust(await asyncio.to_thread(load_config, path)))
        except (ConfigError, VoiceError) as error:
            _log.error("the new settings are not taken:\n%s", error)
            self._notice(wording.CONFIG_REFUSED)
        notify("READY=1")

    async def _take(self, new: Config) -> None:
        """All of what can be taken, or nothing: raises VoiceError when there can be no such voice."""
        changed = changed_sections(self._config, new)
        if not changed:
            return
        old = self._narrator.speaker
        speaker = await self._build.speaker(new.voice) if "voice" in changed else old
        later = changed & RESTART_SECTIONS
        live = {name: getattr(new, name) for name in changed & LIVE_SECTIONS}
        self._config = self._config.model_copy(update=live)
        self._narrator.policy = parts.build_policy(self._config)
        gestures = self._config.gestures
        self._recognizer.retime(gestures.long_press, gestures.double_window, gestures.stuck_after)
        self._narrator.speaker = speaker
        if speaker is not old:
            await old.close()
        _log.info("new settings: %s", ", ".join(sorted(changed)))
        if later:
            _log.warning("a restart is needed for: %s", ", ".join(sorted(later)))
        self._notice(wording.CONFIG_NEEDS_RESTART if later else wording.CONFIG_TAKEN)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written or replaced."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
