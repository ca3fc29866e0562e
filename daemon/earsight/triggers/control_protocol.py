"""What goes over the control socket, and where the socket is: shared by the service and those who control it.

A request is one line of JSON:

    {"press": "short"}                               a gesture (see Gesture), as on the first button
    {"press": "short", "button": "second_button"}    the same on another button or key
    {"do": "describe"}                               an action
    {"do": "find", "argument": "door"}               an action with what it is asked for with

The answer is one line, {"ok": true} or {"ok": false, "error": "..."}. Only the owner of the service can
connect.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earsight.system.storage import service_folder
from earsight.triggers.trigger import Gesture, TriggerError

MAX_LINE = 2048
"""Bytes."""

_MAX_PATH = 107
"""Bytes, the kernel's limit."""

INSTALLED = Path("/run/earsight/control.sock")
"""Of the installed service, which systemd starts."""


def default_control_socket() -> Path:
    """Where the service listens, and `earsight press` looks first, when the config says nothing.

    The service manager's runtime folder; for root /run/earsight; else the user's runtime folder.
    """
    managed = service_folder("RUNTIME")
    if managed:
        return managed / "control.sock"
    if os.geteuid() != 0:
        user = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}")
        if user.is_absolute() and user.is_dir():
            return user / "earsight.sock"
    return INSTALLED


def path_is_too_long(path: Path) -> bool:
    """Whether the kernel takes no socket of this path."""
    return len(os.fsencode(path)) > _MAX_PATH


def check_path(path: Path) -> None:
    """Raises TriggerError where the kernel takes no socket of this path."""
    if path_is_too_long(path):
        raise TriggerError(
            f"triggers.control_socket: {path} is longer than {_MAX_PATH} bytes: choose a shorter path"
        )


@dataclass(frozen=True, slots=True)
class PressRequest:
    """A gesture.

    Attributes:
        gesture: Which one.
        button: The input that it is made on; None for the control socket itself.
    """

    gesture: Gesture
    button: str | None = None


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """An action.

    Attributes:
        action: Its name.
        argument: What it is asked for with; None without.
    """

    action: str
    argument: str | None = None


Request = PressRequest | ActionRequest


def encode(request: Request) -> bytes:
    """The line that asks for it."""
    if isinstance(request, ActionRequest):
        argument = {} if request.argument is None else {"argument": request.argument}
        return json.dumps({"do": request.action, **argument}).encode() + b"\n"
    button = {} if request.button is None else {"button": request.button}
    return json.dumps({"press": str(request.gesture), **button}).encode() + b"\n"


def parse_request(line: bytes, buttons: Collection[str], actions: Collection[str]) -> Request:
    """What a line asks for.

    Args:
        line: As it came.
        buttons: The names that may stand for a button.
        actions: The names of actions.

    Raises:
        ValueError: It asks for nothing that there is; in words for the one who asked.
    """
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError('not JSON; expected {"press": "short"}') from None
    if not isinstance(request, dict):
        raise ValueError('not an object; expected {"press": "short"}')
    if set(request) in ({"do"}, {"do", "argument"}):
        return ActionRequest(_one_of("action", request["do"], actions), _argument(request))
    if set(request) not in ({"press"}, {"press", "button"}):
        raise ValueError(
            'expected {"press": GESTURE}, {"press": GESTURE, "button": NAME}, {"do": ACTION} or '
            '{"do": ACTION, "argument": TEXT}'
        )
    gesture = Gesture(_one_of("gesture", request["press"], list(Gesture)))
    button = _one_of("button", request["button"], buttons) if "button" in request else None
    return PressRequest(gesture, button)


def _argument(request: dict[str, Any]) -> str | None:
    argument = request.get("argument")
    if isinstance(argument, str) or "argument" not in request:
        return argument
    raise ValueError(f"the argument has to be a text: {json.dumps(argument)[:60]}")


def _one_of(what: str, name: object, names: Collection[str]) -> str:
    if isinstance(name, str) and name in names:
        return name
    shown = json.dumps(name)[:60]
    raise ValueError(f"there is no {what} {shown}; there are: {', '.join(names) or 'none'}")
