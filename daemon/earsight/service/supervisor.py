"""Watches the parts while Earsight serves, and tells the wearer and the service manager how they are."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from earsight.cameras.camera import Camera
from earsight.interaction.narrator import Narrator
from earsight.message import message
from earsight.service.camera_loss import CameraLoss
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
    Throttling.LOW_POWER: message("board.low_power"),
}
"""What the wearer hears of a board that is slowed down."""


class Supervisor:
    """Five endless tasks: one each for camera, sound, another machine that is asked, board and watchdog."""

    def __init__(
        self,
        camera: Camera,
        look_worker: LookWorker,
        narrator: Narrator,
        status: ServiceStatus,
        crash_loop: CrashLoop,
        read_throttling: Callable[[], Awaitable[Throttling | None]] | None = None,
    ) -> None:
        """Args:
        camera: Watched for losses and hangs.
        look_worker: Its work is what feeds the watchdog.
        narrator: Looks less often on a board that is slowed down; its speaker is watched too.
        status: What does not work, for `systemctl status`.
        crash_loop: Learns why a process is given up.
        read_throttling: Tells what slows the board down; by default the board itself does.
        """
        self._camera, self._look_worker, self._narrator = camera, look_worker, narrator
        self._status, self._crash_loop = status, crash_loop
        self._notices = narrator.notices
        self._read_throttling = read_throttling or ThrottlingMonitor().read

    async def watch_camera(self) -> None:
        """Say when the camera is lost, and when it is back."""
        loss = CameraLoss()
        while True:
            await asyncio.sleep(time_limits.CAMERA_POLL)
            reason = self._camera.lost  # the camera has logged it
            self._status.report("camera", reason)
            if reason:
                loss.lost(time.monotonic())
                words = message("camera.black") if self._camera.black else message("camera.lost")
                self._notices.trouble("camera", words, over=message("camera.back"))
            elif loss.works(time.monotonic()):
                self._notices.trouble("camera", None)

    async def watch_sound(self) -> None:
        """When sound has failed, try until it can be heard again, and say so."""
        while True:
            speaker = self._narrator.speaker
            self._status.report("sound", speaker.silent)
            if not speaker.silent or not speaker.idle:
                await asyncio.sleep(time_limits.SOUND_POLL)
                continue
            # Before the attempt: it has to be said before everything that waits for sound.
            self._notices.news("sound", message("sound.back"))
            try:
                await speaker.earcon(Earcon.READY)
            except VoiceError:  # logged when sound failed
                await asyncio.sleep(time_limits.SOUND_RETRY)
            else:
                _log.info("sound is back")

    async def watch_other_machine(self) -> None:
        """Say when what another machine did is done here, and when it is back."""
        while True:
            await asyncio.sleep(time_limits.REMOTE_WATCH)
            reason = self._look_worker.on_its_own  # the captioner has logged it
            self._status.report("other machine", reason)
            words = message("remote.lost") if reason else None
            self._notices.trouble("other machine", words, over=message("remote.back"))

    async def watch_board(self) -> None:
        """Work less on a board that is hot or short of power, and say so once."""
        while True:
            throttling = await self._read_throttling()
            self._narrator.narration.interval.throttled = throttling is not None
            if self._status.report("board", throttling and throttling.value):
                _log.warning("the board is %s", throttling or "no longer slowed down")
            self._notices.trouble("board", THROTTLED[throttling] if throttling else None)
            await asyncio.sleep(time_limits.BOARD_POLL)

    async def feed_watchdog(self) -> None:
        """Feed the watchdog when work was finished, never because time has passed.

        The worker proves that it is alive by coming to a job. What hangs for good, and has been tried twice,
        is reported to the service manager, which starts a new process at once.
        """
        interval = watchdog_interval()
        while interval is not None:
            await self._sign_of_life(interval / 3)
            if hung := self._hung():
                _log.critical("%s: Earsight has to be restarted", hung)
                self._crash_loop.record_failure(hung)
                self._status.report("hung", hung)
                notify("WATCHDOG=trigger")
                return
            notify("WATCHDOG=1")
            await asyncio.sleep(min(time_limits.WATCHDOG_FEED, interval / 3))

    async def _sign_of_life(self, soon: float) -> None:
        """Wait until the worker comes to a job; after `soon` seconds report that it is slow."""
        heartbeat = self._look_worker.heartbeat()
        if not (await asyncio.wait({heartbeat}, timeout=soon))[0]:
            self._status.report("slow", "a description takes very long")
            await heartbeat
            self._status.report("slow", None)

    def _hung(self) -> str | None:
        if self._narrator.speaker.hung:
            return "the speech engine hangs"
        if self._camera.hung:
            return "the camera's driver hangs"
        return None
