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

from earsight.cameras.camera import Camera
from earsight.config.loader import ConfigError, load_config
from earsight.config.schema import LIVE_SECTIONS, RESTART_SECTIONS, Config, changed_sections
from earsight.config.watcher import ConfigWatcher
from earsight.errors import CaptionerError
from earsight.interaction.narrator import Narrator, PressEnd, spoken_of_error
from earsight.interaction.notices import Notices
from earsight.language.language import CANT_TELL
from earsight.language.languages import load_language
from earsight.message import Message, message
from earsight.service import builders
from earsight.service.crash_loop import CrashLoop
from earsight.service.supervisor import Supervisor
from earsight.service.trigger_manager import TriggerManager
from earsight.service.voice_selection import VoiceSelection
from earsight.system import time_limits
from earsight.system.storage import service_folder
from earsight.system.systemd import ServiceStatus, notify
from earsight.triggers.keyboard import HELP
from earsight.triggers.trigger import ButtonDown, Gesture, InputEvent, Press
from earsight.vision.look_worker import LookWorker
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from earsight.voice.volume import Volume

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """How the service was started. config_file: watched and reloaded; None: the defaults, never reloaded.

    adjust: what the command line changes in any configuration that is loaded. crash_loop: told when this
    start has lasted, or why it has not. on_stop: called when a signal asks for the end.
    """

    config_file: Path | None = None
    adjust: Callable[[Config], Config] = field(default=lambda config: config)
    crash_loop: CrashLoop = field(default_factory=partial(CrashLoop, None))
    on_stop: Callable[[], None] = field(default=lambda: None)
    build: builders.Builders = field(default_factory=builders.Builders)


class Service:
    """One run of Earsight, built from a configuration. Make it on the running event loop."""

    def __init__(self, config: Config, options: Options | None = None) -> None:
        self._config = config
        self._options = options or Options()
        self._build = self._options.build
        self._camera = Camera(self._build.source(config.camera), rotation=config.camera.rotation)
        self._look_worker = LookWorker(self._camera, partial(self._build.describer, config))
        self._narrator: Narrator
        self._notices: Notices
        self._troubles = ServiceStatus()
        self._triggers: TriggerManager
        folder = service_folder("STATE")
        self._volume = Volume(config.voice.volume, folder / "volume.json" if folder else None)
        self._voices = VoiceSelection(self._build.voice, self._troubles)
        file = self._options.config_file
        self._config_watch = ConfigWatcher(file) if file else None
        self._stopping = asyncio.Event()
        self._ready = asyncio.Event()
        self._described = asyncio.Event()
        self._background: set[asyncio.Task[object]] = set()

    def _happened(self, name: str, event: InputEvent) -> None:
        """What all inputs call, with their name."""
        if name == "second_button":
            self.press_second(event)
        else:
            self.press(event)

    def press(self, press: InputEvent) -> asyncio.Future[PressEnd] | None:
        """What every trigger calls; see Narrator.press(). Only while run() or run_once() goes on."""
        end = self._narrator.press(press)
        if end is not None:
            end.add_done_callback(self._ended)
        return end

    def press_second(self, press: InputEvent) -> None:
        """What the second button calls: say it again, louder, quieter."""
        if isinstance(press, ButtonDown):
            self._narrator.speaker.silence()
        elif press.gesture is Gesture.SHORT:
            self.press(Press(Gesture.DOUBLE, press.at))
        elif press.gesture is Gesture.DOUBLE:
            louder = self._volume.louder()
            self._set_volume(message("volume.louder") if louder else message("volume.loudest"))
        elif press.gesture is Gesture.LONG:
            self._set_volume(
                message("volume.quieter") if self._volume.quieter() else message("volume.quietest")
            )

    def _set_volume(self, said: Message) -> None:
        self._narrator.speaker.set_volume(self._volume.value)
        self._narrator.answer(said)
        self._soon(asyncio.to_thread(self._volume.keep))

    def _ended(self, end: asyncio.Future[PressEnd]) -> None:
        # Not any answer: one may repeat, again and again, while describing kills the process each time.
        if not end.cancelled() and end.result() is PressEnd.SPOKEN and self._narrator.described:
            self._described.set()
            self._notices.trouble("model", None)

    def stop(self) -> None:
        """Let run() come to its end."""
        self._stopping.set()

    async def run(self) -> None:
        """Serve until stop(), SIGTERM, SIGINT or the keyboard's q."""
        await self._start()
        try:
            with self._signals():
                await self._serve()
            if self._ready.is_set():  # the service manager asks a start to end that takes too long, too
                self._options.crash_loop.clear()
        finally:
            await self._end()

    async def run_once(self) -> PressEnd:
        """One press, spoken to its end."""
        await self._start()
        try:
            with contextlib.suppress(CaptionerError):  # the press will say it
                await self._look_worker.ready()
            await asyncio.to_thread(self._camera.wait_ready, time_limits.FIRST_FRAME)
            end = self.press(Press(Gesture.SHORT, time.monotonic()))
            assert end is not None  # a short press always has one
            return await end
        finally:
            await self._end()

    # Start and end

    async def _start(self) -> None:
        section = self._config.voice
        speaker = Speaker(
            self._voices.open(section, self._config.language),
            volume=self._volume.value,
            rate=section.rate,
            on_sound=self._build.on_sound,
        )
        self._narrator = Narrator(self._look_worker, speaker, builders.build_policy(self._config))
        self._notices = self._narrator.notices
        self._triggers = TriggerManager(self._config, self._happened, self._notices, self._troubles)
        self._camera.start()

    async def _end(self) -> None:
        notify("STOPPING=1")
        await self._narrator.close()
        await self._narrator.speaker.close()
        await asyncio.gather(
            asyncio.to_thread(self._camera.close, time_limits.CLOSING),
            asyncio.to_thread(self._look_worker.close, time_limits.CLOSING),
        )

    async def _serve(self) -> None:
        supervisor = Supervisor(
            self._camera, self._look_worker, self._narrator, self._troubles, self._options.crash_loop
        )
        tasks = [
            self._run_triggers(),
            supervisor.watch_camera(),
            supervisor.watch_sound(),
            self._live(supervisor),
            supervisor.watch_board(),
        ]
        tasks += [self._narrate(), self._take_new_configs(), self._settle(), self._welcome()]
        tasks.append(
            self._notices.say(lambda: self._narrator.speaker, lambda: self._narrator.policy.language)
        )
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(task) for task in tasks]
            await self._stopping.wait()
            self._narrator.speaker.silence()
            for task in (*running, *self._background):
                task.cancel()

    async def _live(self, supervisor: Supervisor) -> None:
        # The first feed winds the watchdog up, and a model may take longer to load than that waits: until
        # it is loaded, the time for the start is the limit.
        await self._ready.wait()
        await supervisor.feed_watchdog()

    async def _narrate(self) -> None:
        await self._ready.wait()  # a model that loads would count as a board that is slow
        await self._narrator.narrate()

    async def _run_triggers(self) -> None:
        await self._triggers.run()
        self._stopping.set()

    async def _settle(self) -> None:
        await self._ready.wait()  # one that never comes so far has not lasted
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._described.wait(), time_limits.START_LASTED)
        self._options.crash_loop.clear()

    async def _welcome(self) -> None:
        loaded = self._look_worker.ready()
        words = self._narrator.policy.language.text(CANT_TELL)
        await self._voices.check(self._narrator.speaker, self._config.voice, self._config.language, words)
        if self._troubles.has("voice"):
            self._notices.trouble("voice", message("voice.backup"))
        try:
            await loaded
        except CaptionerError as error:
            _log.error("%s", error)
            self._notices.trouble("model", spoken_of_error(error))
        except Exception as error:  # tried again at every press; the service stays up to say so
            _log.exception("the captioner can't be loaded")
            self._notices.trouble("model", spoken_of_error(error))
        with contextlib.suppress(TimeoutError):  # who hears the tone presses at once
            await asyncio.wait_for(self._triggers.opened(), time_limits.TRIGGER_OPENING)
        notify("READY=1")
        self._ready.set()
        self._troubles.show()
        _log.info("ready. %s", HELP if self._config.triggers.keyboard else "")
        await self._told()
        try:
            await self._narrator.speaker.earcon(Earcon.READY)
        except VoiceError as error:  # it sounds as soon as sound works
            _log.error("%s", error)

    async def _told(self) -> None:
        """The tone would cut off what is told of a button; an engine that hangs must not hold it up."""
        heard_at = time.monotonic()
        while not self._narrator.speaker.idle and time.monotonic() < heard_at + time_limits.STARTUP_MESSAGE:
            if self._narrator.speaker.sounding:
                heard_at = time.monotonic()
            await asyncio.sleep(time_limits.STARTUP_POLL)

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        handlers = {
            signal.SIGTERM: self._asked_to_end,
            signal.SIGINT: self._asked_to_end,
            signal.SIGHUP: self._asked_to_reload,
        }
        for number, handler in handlers.items():
            loop.add_signal_handler(number, handler)
        try:
            yield
        finally:
            for number in handlers:
                loop.remove_signal_handler(number)

    def _asked_to_end(self) -> None:
        self._options.on_stop()
        self._stopping.set()

    def _asked_to_reload(self) -> None:
        if self._config_watch:
            self._config_watch.ask()

    def _soon(self, work: Coroutine[None, None, object]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # The configuration

    async def _take_new_configs(self) -> None:
        await self._ready.wait()  # until then there is a limit of its own, and nothing to reload
        while self._config_watch and self._options.config_file:
            await self._config_watch.changed()
            while not await self._reload_config(self._options.config_file):
                await self._sound_or_other_settings(self._config_watch)

    async def _reload_config(self, path: Path) -> bool:
        """Whether they were taken or refused; not yet, where no voice can be heard at all."""
        notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            await self._take(self._options.adjust(await asyncio.to_thread(load_config, path)))
        except (ConfigError, VoiceError) as error:
            if isinstance(error, VoiceError) and not await self._is_heard():
                _log.warning("the new settings have to wait for sound: %s", error)
                return False
            _log.error("the new settings are not taken:\n%s", error)
            self._notices.news("settings", message("settings.refused"))
        finally:
            notify("READY=1")
        return True

    async def _is_heard(self) -> bool:
        try:
            await self._narrator.speaker.earcon(Earcon.ERROR)
        except VoiceError:
            return False
        return True

    async def _sound_or_other_settings(self, watch: ConfigWatcher) -> None:
        changed = asyncio.create_task(watch.changed())
        try:
            while self._narrator.speaker.silent and not changed.done():
                await asyncio.wait({changed}, timeout=time_limits.SETTINGS_POLL)
        finally:
            changed.cancel()

    async def _take(self, new: Config) -> None:
        """All of what can be taken, or nothing: raises VoiceError when no such voice can be heard."""
        changed = changed_sections(self._config, new)
        if not changed:
            return
        later = changed & RESTART_SECTIONS
        told = message("settings.need_restart") if later else message("settings.taken")
        is_told = changed & {"voice", "language"} and await self._switch_voice(new, told)
        live = {name: getattr(new, name) for name in changed & LIVE_SECTIONS}
        self._config = self._config.model_copy(update=live)
        self._narrator.policy = builders.build_policy(self._config)
        self._triggers.retime(self._config.gestures)
        self._volume.configure(self._config.voice.volume)
        _log.info("new settings: %s", ", ".join(sorted(changed)))
        if later:
            _log.warning("a restart is needed for: %s", ", ".join(sorted(later)))
        if not is_told:
            self._notices.news("settings", told)

    async def _switch_voice(self, new: Config, told: Message) -> bool:
        """Whether the new voice was heard to the end of what it had to tell; raises VoiceError."""
        speaker, text = self._narrator.speaker, load_language(new.language).text(told)
        speaker.set_volume(self._volume.under(new.voice.volume))
        speaker.set_rate(new.voice.rate)
        try:
            heard = await self._voices.switch(speaker, new.voice, new.language, text)
        except VoiceError:
            speaker.set_volume(self._volume.value)
            speaker.set_rate(self._config.voice.rate)
            raise
        self._notices.trouble("voice", None)
        return heard
