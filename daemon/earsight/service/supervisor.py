"""What is watched while Earsight serves, and what the wearer and the service manager are told of it."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable

from earsight.cameras.camera import Camera
from earsight.interaction.narrator import Narrator
from earsight.message import message
from earsight.service.crash_loop import CrashLoop
from earsight.system import time_limits
from earsight.system.systemd import ServiceStatus, notify, watchdog_interval
from earsight.system.throttling import Throttling, ThrottlingMonitor
from earsight.vision.look_worker import LookWorker
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError

_log = logging.getLogger(__name__)

THROTTLED = {
    Throttling.HOT: message("board.hot"),
    Throttling.WEAK: message("board.low_power"),
}


class Supervisor:
    """Endless tasks. narrator: its speaker may be replaced meanwhile. strain_now: see ThrottlingMonitor."""

    def __init__(
        self,
        camera: Camera,
        look_worker: LookWorker,
        narrator: Narrator,
        troubles: ServiceStatus,
        starts: CrashLoop,
        strain_now: Callable[[], Awaitable[Throttling | None]] | None = None,
    ) -> None:
        self._camera, self._look_worker, self._narrator = camera, look_worker, narrator
        self._troubles, self._starts = troubles, starts
        self._notices = narrator.notices
        self._strain = strain_now or ThrottlingMonitor().now

    async def camera(self) -> None:
        """Tell that it is lost, and that it is back."""
        lost = False
        steady, back_at = time_limits.CAMERA_BACK, -math.inf
        works_since = time.monotonic()
        while True:
            await asyncio.sleep(time_limits.CAMERA_POLL)
            reason, now = self._camera.lost, time.monotonic()  # the camera has logged it
            self._troubles.report("camera", reason)
            if reason:
                works_since = now
                if not lost:
                    lost = True
                    steady = (
                        min(2 * steady, time_limits.CAMERA_LONGEST_BACK)
                        if now < back_at + time_limits.CAMERA_BACK_RESET
                        else time_limits.CAMERA_BACK
                    )
                words = message("camera.black") if self._camera.black else message("camera.lost")
                self._notices.trouble("camera", words, over=message("camera.back"))
            elif lost and now - works_since >= steady:
                lost, back_at = False, now
                self._notices.trouble("camera", None)

    async def sound(self) -> None:
        """When sound has failed, try until it can be heard again, and say so."""
        while True:
            speaker = self._narrator.speaker
            self._troubles.report("sound", speaker.silent)
            if not speaker.silent or not speaker.idle:
                await asyncio.sleep(time_limits.SOUND_POLL)
                continue
            self._notices.news(
                "sound", message("sound.back")
            )  # now: it is to come before all that waits for it
            try:
                await speaker.earcon(Earcon.READY)
            except VoiceError:  # known, and logged when it began
                await asyncio.sleep(time_limits.SOUND_RETRY)
            else:
                _log.info("sound is back")

    async def strain(self) -> None:
        """Spare a board that is hot or short of power, and say so once."""
        while True:
            now = await self._strain()
            self._narrator.pace.strained = now is not None
            if self._troubles.report("board", now and now.value):
                _log.warning("the board is %s", now or "itself again")
            self._notices.trouble("board", THROTTLED[now] if now else None)
            await asyncio.sleep(time_limits.BOARD_POLL)

    async def life(self) -> None:
        """Feed the watchdog when work was finished, never because time has passed.

        The worker proves itself by coming to a job. What hangs for good and has been tried twice is told to
        the service manager, which starts a new process at once.
        """
        interval = watchdog_interval()
        while interval is not None:
            heartbeat = self._look_worker.heartbeat()
            if not (await asyncio.wait({heartbeat}, timeout=interval / 3))[0]:
                self._troubles.report("slow", "a description takes very long")
                await heartbeat
                self._troubles.report("slow", None)
            if hung := self._hung():
                _log.critical("%s: Earsight has to be started anew", hung)
                self._starts.blame(hung)
                self._troubles.report("hung", hung)
                notify("WATCHDOG=trigger")
                return
            notify("WATCHDOG=1")
            await asyncio.sleep(min(time_limits.WATCHDOG_FEED, interval / 3))

    def _hung(self) -> str | None:
        if self._narrator.speaker.hung:
            return "the speech engine hangs"
        if self._camera.hung:
            return "the camera's driver hangs"
        return None
