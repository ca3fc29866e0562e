"""From the start of a service to its ready tone."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from earsight.config.schema import Config
from earsight.errors import CaptionerError, spoken_error
from earsight.language.language import CANT_TELL
from earsight.message import message
from earsight.service.components import Components
from earsight.service.crash_loop import CrashLoop
from earsight.service.lifecycle import Lifecycle, State
from earsight.system import time_limits
from earsight.triggers.keyboard import HELP
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError

_log = logging.getLogger(__name__)


class Startup:
    """Brings a service to where it can answer a press, and tells the wearer so."""

    def __init__(
        self, parts: Components, config: Config, lifecycle: Lifecycle, crash_loop: CrashLoop
    ) -> None:
        """Args:
        parts: Those of the service.
        config: The settings that it starts with.
        lifecycle: Becomes ready.
        crash_loop: Cleared as soon as the start has lasted.
        """
        self._parts, self._config = parts, config
        self._lifecycle, self._crash_loop = lifecycle, crash_loop
        self._described = asyncio.Event()

    async def run(self) -> None:
        """Until the ready tone has sounded."""
        loading = self._parts.look_worker.ready()
        await self._check_voice()
        if self._parts.shows_demo_photos:
            self._parts.notices.news("demo photos", message("camera.demo_photos"))
        await self._load_model(loading)
        with suppress(TimeoutError):  # whoever hears the tone presses at once
            await asyncio.wait_for(self._parts.triggers.opened(), time_limits.TRIGGER_OPENING)
        if self._lifecycle.state is State.STOPPING:  # asked to end meanwhile
            return
        self._lifecycle.become_ready()
        self._parts.status.show()
        _log.info("ready. %s", HELP if self._config.triggers.keyboard else "")
        await self._finish_speaking()
        try:
            await self._parts.speaker.earcon(Earcon.READY)
        except VoiceError as error:  # it sounds as soon as sound works
            _log.log(error.level, "%s", error)

    async def until_it_has_lasted(self) -> None:
        """Wait until this start was no crash: it has described something, or lasted for START_LASTED."""
        await self._lifecycle.ready()  # a start that never comes so far has not lasted
        with suppress(TimeoutError):
            await asyncio.wait_for(self._described.wait(), time_limits.START_LASTED)
        self._crash_loop.clear()

    def described(self) -> None:
        """A description was heard: not just any answer, since describing may be what kills the process."""
        self._described.set()
        self._parts.notices.trouble("model", None)

    async def _check_voice(self) -> None:
        parts, config = self._parts, self._config
        words = parts.narrator.policy.language.text(CANT_TELL)
        await parts.voices.check(parts.speaker, config.voice, config.language, words)
        if parts.status.has("voice"):
            parts.notices.trouble("voice", message("voice.backup"))

    async def _load_model(self, loading: asyncio.Future[None]) -> None:
        """What fails is tried again at every press; the service stays up to say so."""
        try:
            await loading
        except CaptionerError as error:
            _log.error("%s", error)
            self._parts.notices.trouble("model", spoken_error(error))
        except Exception as error:
            _log.exception("the captioner can't be loaded")
            self._parts.notices.trouble("model", spoken_error(error))

    async def _finish_speaking(self) -> None:
        """The tone would cut off what is said about a button; an engine that hangs must not hold it up."""
        speaker, heard_at = self._parts.speaker, time.monotonic()
        while not speaker.idle and time.monotonic() < heard_at + time_limits.STARTUP_MESSAGE:
            if speaker.sounding:
                heard_at = time.monotonic()
            await asyncio.sleep(time_limits.STARTUP_POLL)
