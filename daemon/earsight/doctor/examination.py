"""All checks, side by side: one that fails, raises or hangs takes nothing from the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

from earsight.config.schema import Config
from earsight.doctor import board, codes, microphone, remote, text, triggers, vision, voice
from earsight.doctor.finding import Finding, Status, failure, finding
from earsight.errors import EarsightError
from earsight.message import message
from earsight.system import time_limits

Check = Callable[[], Awaitable[Finding | None]]
"""Finds something, or None where there is nothing of the kind to be checked."""


async def examine(config: Config) -> list[Finding]:
    """What all checks found, in a fixed order. Never raises; takes at most the limit of one check."""
    return await run_checks(checks(config), _limit(config))


def _limit(config: Config) -> float:
    return time_limits.DOCTOR_CHECK if config.captioner.runs_bundle else time_limits.DOCTOR_TORCH_CHECK


def checks(config: Config) -> dict[str, Check]:
    """The checks that a configuration calls for, by the name of their finding."""
    socket = triggers.control_socket_path(config.triggers)
    return {
        "camera": partial(_in_thread, partial(vision.check_camera, config, socket)),
        "button": partial(triggers.check_button, config, socket),
        "keys": partial(triggers.check_keys, config, socket),
        "control socket": partial(_in_thread, partial(triggers.check_control_socket, socket)),
        "sound": partial(voice.check_sound, config.voice),
        "voice": partial(voice.check_voice, config.voice, config.language),
        "microphone": partial(microphone.check_microphone, config.microphone),
        "model": partial(_in_thread, partial(vision.check_model, config)),
        "text": partial(_in_thread, partial(text.check_text, config)),
        "codes": partial(_in_thread, codes.check_codes),
        "other machine": partial(_in_thread, partial(remote.check_other_machine, config)),
        "permissions": partial(_in_thread, partial(board.check_permissions, config)),
        "temperature": partial(_in_thread, board.check_temperature),
        "power": board.check_power,
        "memory": partial(_in_thread, board.check_memory),
        "disk": partial(_in_thread, partial(board.check_disk, Path(__file__).parent)),
    }


DEVICES = (
    "camera",
    "button",
    "keys",
    "control socket",
    "sound",
    "voice",
    "microphone",
    "model",
    "text",
    "codes",
    "other machine",
)
"""The checks of what the settings choose, as against the board itself."""


async def examine_devices(config: Config) -> list[Finding]:
    """What the checks of DEVICES found; see examine()."""
    chosen = {name: check for name, check in checks(config).items() if name in DEVICES}
    return await run_checks(chosen, _limit(config))


async def run_checks(checks: Mapping[str, Check], limit: float = time_limits.DOCTOR_CHECK) -> list[Finding]:
    """Run them together. limit: seconds for each."""
    found = await asyncio.gather(*(_bounded(name, check, limit) for name, check in checks.items()))
    return [each for each in found if each is not None]


async def _bounded(name: str, check: Check, limit: float) -> Finding | None:
    try:
        async with asyncio.timeout(limit):
            return await check()
    except TimeoutError:
        detail = message("doctor.no_answer", seconds=limit)
        return finding(name, Status.FAILURE, detail, message("doctor.restart"))
    except EarsightError as error:
        return failure(name, error)
    except Exception as error:  # a fault of the check is a finding too, and no reason to lose the others
        found = finding(name, Status.FAILURE, message("doctor.unchecked"))
        reason = " ".join(str(error).split())
        return replace(found, detail=f"{found.detail} ({type(error).__name__}: {reason})")


async def _in_thread(work: Callable[[], Finding | None]) -> Finding | None:
    """Like asyncio.to_thread, but a thread that hangs does not hold up the end of the process."""
    future: Future[Finding | None] = Future()

    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:  # whoever waits must learn of it, whatever it is
            future.set_exception(error)

    threading.Thread(target=run, name="doctor", daemon=True).start()
    return await asyncio.wrap_future(future)
