"""The checks of what is pressed: button and control socket."""

from __future__ import annotations

import asyncio
import os
import socket as sockets
from contextlib import suppress
from pathlib import Path

from earsight.config.schema import Config
from earsight.config.triggers import ButtonSection, GesturesSection, TriggersSection
from earsight.doctor.finding import Finding, Status
from earsight.system import time_limits
from earsight.triggers.button import ButtonTrigger
from earsight.triggers.control import MAX_PATH, default_control_socket
from earsight.triggers.gestures import GestureRecognizer, GestureTimes
from earsight.triggers.trigger import TriggerError


def control_socket_path(section: TriggersSection) -> Path:
    return section.control_socket or default_control_socket()


def service_running(socket: Path) -> bool:
    """Whether a service of this user listens on the socket."""
    with sockets.socket(sockets.AF_UNIX) as probe:
        probe.settimeout(time_limits.CONTROL_PROBE)
        try:
            probe.connect(os.fspath(socket))
        except OSError:  # nobody listens, no such file, not ours, a path too long
            return False
        return True


async def check_button(config: Config, socket: Path) -> Finding:
    """Whether the pins of the buttons can be had, and the buttons are up. Of two, the worse one counts."""
    section = config.triggers
    buttons = {"triggers.button": section.button, "triggers.second_button": section.second_button}
    found = [
        await _check_one(button, key, config.gestures, socket) for key, button in buttons.items() if button
    ]
    if not found:
        return Finding("button", Status.OK, "none configured")
    for status in (Status.FAILURE, Status.WARNING):
        for finding in found:
            if finding.status is status:
                return finding
    return Finding("button", Status.OK, ", ".join(finding.detail for finding in found))


async def _check_one(button: ButtonSection, key: str, gestures: GesturesSection, socket: Path) -> Finding:
    try:
        down = await _found_down(button, key, gestures)
    except TriggerError as error:
        if service_running(socket):
            return Finding(
                "button",
                Status.WARNING,
                f"can't be checked, since the running service may be using it ({error})",
                "stop the service to check the button itself",
            )
        return Finding("button", Status.FAILURE, str(error))
    if down:
        return Finding(
            "button",
            Status.WARNING,
            f"GPIO {button.pin} says that the button is held down",
            f"let it go; if nobody holds it, check its wires and {key}.pull_up",
        )
    return Finding("button", Status.OK, f"GPIO {button.pin} is ready")


async def _found_down(button: ButtonSection, key: str, gestures: GesturesSection) -> bool:
    """Open the pin as the service does, and see how the button is. Raises TriggerError."""
    recognizer = _FirstState(GestureTimes(**gestures.model_dump()))
    trigger = ButtonTrigger(button.pin, button.pull_up, button.debounce, recognizer, lambda: None, key)
    running = asyncio.create_task(trigger.run(lambda _: None))
    try:
        async with asyncio.timeout(time_limits.TRIGGER_CHECK):
            await asyncio.wait((running, recognizer.state), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        return await recognizer.state
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError, TriggerError):
            await running


class _FirstState(GestureRecognizer):
    """Tells in what state the button was found. To be made on the event loop."""

    def __init__(self, times: GestureTimes) -> None:
        super().__init__(times)
        self.state: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def found(self, t: float, down: bool) -> None:
        super().found(t, down)
        if not self.state.done():
            self.state.set_result(down)


def check_control_socket(socket: Path) -> Finding:
    """Whether the service can make its socket, or has."""
    if len(os.fsencode(socket)) > MAX_PATH:
        detail = f"{socket} is longer than {MAX_PATH} bytes"
        return _no_socket(detail, "choose a shorter path with triggers.control_socket")
    if service_running(socket):
        return Finding("control socket", Status.OK, f"the service is running, and listens on {socket}")
    folder = socket.parent
    try:
        there = folder.is_dir()
    except PermissionError:  # a folder above it is closed to us
        there = False
    # The service makes the last folder itself.
    if os.access(folder if there else folder.parent, os.W_OK | os.X_OK):
        return Finding("control socket", Status.OK, f"{socket} can be made; no service is running")
    return _no_socket(
        f"{socket} can't be made by this user",
        "set triggers.control_socket to a path in a folder of yours, or run this as the service's user",
    )


def _no_socket(detail: str, advice: str) -> Finding:
    return Finding("control socket", Status.FAILURE, detail, advice)
