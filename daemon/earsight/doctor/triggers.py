"""The checks of what is pressed: buttons, keys and the control socket."""

from __future__ import annotations

import asyncio
import os
import socket as sockets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from earsight.config.schema import Config
from earsight.config.section import Section
from earsight.config.triggers import KeySection, TriggersSection
from earsight.doctor.finding import SCREEN, Finding, Status, failure, finding
from earsight.errors import EarsightError
from earsight.language.languages import load_language
from earsight.message import message
from earsight.system import time_limits
from earsight.triggers.control_protocol import default_control_socket, path_is_too_long
from earsight.triggers.line import opened
from earsight.triggers.registry import line_opener, line_sections
from earsight.triggers.trigger import AbsentError, TriggerError


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
    """Whether the lines of the buttons can be had, and the buttons are up. Of two, the worse one counts."""
    sections = line_sections(config.triggers)
    buttons = {key: found for key, found in sections.items() if not isinstance(found, KeySection)}
    return await _check_lines("button", buttons, socket)


async def check_keys(config: Config, socket: Path) -> Finding | None:
    """The same of keys; None where the settings have none."""
    keys = {
        key: found for key, found in line_sections(config.triggers).items() if isinstance(found, KeySection)
    }
    return await _check_lines("keys", keys, socket) if keys else None


async def _check_lines(name: str, sections: Mapping[str, Section], socket: Path) -> Finding:
    found = [await _check_line(name, section, key, socket) for key, section in sections.items()]
    if not found:
        return Finding(name, Status.OK, "not configured")
    for status in (Status.FAILURE, Status.WARNING):
        for each in found:
            if each.status is status:
                return each
    return Finding(name, Status.OK, ", ".join(each.detail for each in found))


async def _check_line(name: str, section: Section, key: str, socket: Path) -> Finding:
    try:
        async with asyncio.timeout(time_limits.TRIGGER_CHECK), opened(line_opener(section, key)) as line:
            line.watch(lambda _at, _down: None, lambda _error: None)
            label, down = line.name, line.is_down()
    except AbsentError as error:
        advice = message("doctor.keys.connect")
        said = load_language(SCREEN).text(advice)
        return Finding(name, Status.WARNING, str(error), said, (error.spoken, advice))
    except TriggerError as error:
        return busy(name, error) if service_running(socket) else failure(name, error)
    if down:
        let_go = message("doctor.button.let_go")
        if not isinstance(section, KeySection):
            pull_up = f"{key}.pull_up"
            let_go = message("doctor.button.let_go_or_check", key=pull_up)
        return finding(name, Status.WARNING, message("doctor.button.held", line=label), let_go)
    return Finding(name, Status.OK, f"{label} is ready")


def check_control_socket(socket: Path) -> Finding:
    """Whether the service can make its socket, or has."""
    if path_is_too_long(socket):
        detail = message("doctor.socket.too_long", path=str(socket))
        return finding("control socket", Status.FAILURE, detail, message("doctor.socket.shorten"))
    if service_running(socket):
        return Finding("control socket", Status.OK, f"the service is running, and listens on {socket}")
    folder = socket.parent
    try:
        there = folder.is_dir()
    except PermissionError:  # a folder above it is closed to us
        there = False
    # The service makes the last folder itself.
    if os.access(folder if there else folder.parent, os.W_OK | os.X_OK):
        return Finding("control socket", Status.OK, f"{socket} can be created; no service is running")
    detail = message("doctor.socket.denied", path=str(socket))
    return finding("control socket", Status.FAILURE, detail, message("doctor.socket.elsewhere"))


def busy(name: str, error: EarsightError) -> Finding:
    """What can't be checked, since a service that runs may be using it: a running service is no failure."""
    found = finding(name, Status.WARNING, message("doctor.busy"), message("doctor.stop_service"))
    return replace(found, detail=f"{found.detail} ({error})")
