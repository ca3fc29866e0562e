"""Control from other programs, over a Unix socket: the client, for `earsight press` and its like."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from earsight.system import time_limits
from earsight.triggers.control_protocol import (
    INSTALLED,
    Request,
    check_path,
    default_control_socket,
    encode,
)
from earsight.triggers.trigger import TriggerError

_MAX_ANSWER = 8192
"""Bytes: an answer may list all names that there are."""


class NoServiceError(TriggerError):
    """Nobody listens on the sockets.

    Args:
        paths: Where a service was looked for.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        places = " or ".join(map(str, dict.fromkeys(paths)))
        super().__init__(
            f"no service is running: nobody listens on {places}. Start one with `earsight run`; if it runs "
            "with a triggers.control_socket of its own, name its settings with --config FILE"
        )


def control_sockets(configured: Path | None) -> list[Path]:
    """Where a service may listen.

    Args:
        configured: The settings' triggers.control_socket.
    """
    return [configured] if configured else [default_control_socket(), INSTALLED]


def ask_any(paths: Sequence[Path], request: Request, timeout: float = time_limits.CONTROL_ANSWER) -> None:
    """ask() on the first of the sockets on which there is a service."""
    for path in paths:
        with suppress(NoServiceError):
            return ask(path, request, timeout)
    raise NoServiceError(paths)


def ask(path: Path, request: Request, timeout: float = time_limits.CONTROL_ANSWER) -> None:
    """Ask the service for something, and wait until it has taken it.

    Args:
        path: Its socket.
        request: What is asked for.
        timeout: Seconds in all.

    Raises:
        TriggerError: No service takes it.
    """
    check_path(path)
    try:
        answer = _exchange(path, encode(request), time.monotonic() + timeout)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        raise NoServiceError([path]) from None
    except PermissionError:
        raise TriggerError(
            f"the service on {path} belongs to another user: run this command with sudo"
        ) from None
    except (TimeoutError, BlockingIOError):
        raise TriggerError(
            f"the service on {path} does not answer within {timeout:g} s: restart it"
        ) from None
    except OSError as error:
        raise TriggerError(f"the service on {path} can't be reached: {error.strerror or error}") from None
    _check_answer(path, answer)


def _exchange(path: Path, line: bytes, deadline: float) -> bytes:
    answer = b""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(deadline - time.monotonic())
        client.connect(os.fspath(path))
        with suppress(BrokenPipeError):  # hung up on us: its reason is still to be read
            client.sendall(line)
        while b"\n" not in answer and len(answer) < _MAX_ANSWER:
            client.settimeout(max(0.001, deadline - time.monotonic()))
            data = client.recv(_MAX_ANSWER)
            if not data:
                break
            answer += data
    return answer


def _check_answer(path: Path, answer: bytes) -> None:
    try:
        parsed = json.loads(answer)
        if parsed == {"ok": True}:
            return
        problem = str(parsed["error"])
    except (ValueError, RecursionError, TypeError, KeyError):
        raise TriggerError(f"what listens on {path} is not an Earsight service") from None
    raise TriggerError(f"the service on {path} refused: {' '.join(problem.split())}")
