"""Presses from other programs, over a Unix socket: the server in the service, the client of `earsight press`.

A request is one line, {"press": "short"} (or "double", "long"); the answer is one line, {"ok": true} or
{"ok": false, "error": "..."}. Only the owner of the service can connect.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import socket
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from earsight.system import time_limits
from earsight.system.storage import service_folder
from earsight.triggers.trigger import EventSink, Gesture, Listening, Press, TriggerError

MAX_LINE = 512
MAX_CLIENTS = 8
MAX_PATH = 107  # bytes, the kernel's limit

GESTURES = tuple(Gesture)


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


class ControlServer:
    """A trigger that listens on the socket `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def run(self, sink: EventSink, listening: Listening = lambda: None) -> None:
        """Pass on presses until cancelled. Raises TriggerError when the socket can't be had."""
        loop = asyncio.get_running_loop()
        clients: dict[asyncio.Task[None], socket.socket] = {}

        def accept() -> None:
            try:
                client, _ = listener.accept()
            except OSError:  # it has gone already
                return
            client.setblocking(False)
            task = loop.create_task(_serve(client, sink, welcome=len(clients) < MAX_CLIENTS))
            clients[task] = client
            task.add_done_callback(lambda task: clients.pop(task).close())

        # Not asyncio's own server: Python 3.11's leaks a connection that comes while it closes.
        with _bound(self._path) as listener:
            loop.add_reader(listener, accept)
            listening()
            try:
                await loop.create_future()
            finally:
                loop.remove_reader(listener)
                for task in clients:
                    task.cancel()
                await asyncio.gather(*clients, return_exceptions=True)


async def _serve(client: socket.socket, sink: EventSink, welcome: bool) -> None:
    """Answer the lines of one client until it goes, dawdles or misbehaves."""
    if not welcome:
        await _reply(client, "too many clients at once")
        return
    buffer = bytearray()
    with suppress(OSError):  # TimeoutError among them
        while True:
            async with asyncio.timeout(time_limits.CONTROL_LINE):
                line = await _read_line(client, buffer)
            if not line:
                return
            if len(line) > MAX_LINE:
                await _reply(client, f"a line of more than {MAX_LINE} bytes")
                return
            try:
                gesture = parse_request(line)
            except ValueError as error:
                await _reply(client, str(error))
            else:
                sink(Press(gesture, time.monotonic()))
                await _reply(client, None)


async def _read_line(client: socket.socket, buffer: bytearray) -> bytes:
    """The next line, which the end of the stream ends too; empty at the end, cut when it is too long."""
    while b"\n" not in buffer and len(buffer) <= MAX_LINE:
        data = await asyncio.get_running_loop().sock_recv(client, MAX_LINE)
        if not data:
            break
        buffer += data
    length = buffer.find(b"\n") + 1 or len(buffer)
    line = bytes(buffer[:length])
    del buffer[:length]
    return line


async def _reply(client: socket.socket, problem: str | None) -> None:
    answer = {"ok": True} if problem is None else {"ok": False, "error": problem}
    with suppress(OSError):
        async with asyncio.timeout(time_limits.CONTROL_LINE):
            await asyncio.get_running_loop().sock_sendall(client, json.dumps(answer).encode() + b"\n")


def parse_request(line: bytes) -> Gesture:
    """The gesture that a request asks for. Raises ValueError, in words for the one who asked."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError('not JSON; expected {"press": "short"}') from None
    if not isinstance(request, dict) or set(request) != {"press"} or request["press"] not in list(GESTURES):
        raise ValueError(f'expected {{"press": one of {", ".join(GESTURES)}}}')
    return Gesture(request["press"])


class NoServiceError(TriggerError):
    """Nobody listens on the socket."""


def press_somewhere(paths: Sequence[Path], gesture: Gesture) -> None:
    """send_press() to the first of the sockets on which there is a service."""
    for path in paths[:-1]:
        with suppress(NoServiceError):
            return send_press(path, gesture)
    return send_press(paths[-1], gesture)


def send_press(path: Path, gesture: Gesture, timeout: float = time_limits.CONTROL_ANSWER) -> None:
    """Press, as the button would, and wait until the service has taken it. timeout: seconds in all.

    Raises TriggerError when no service takes it.
    """
    _check_length(path)
    deadline = time.monotonic() + timeout
    answer = b""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(timeout)
            client.connect(os.fspath(path))
            with suppress(BrokenPipeError):  # hung up on us: its reason is still to be read
                client.sendall(json.dumps({"press": str(gesture)}).encode() + b"\n")
            while b"\n" not in answer and len(answer) < MAX_LINE:
                client.settimeout(max(0.001, deadline - time.monotonic()))
                data = client.recv(MAX_LINE)
                if not data:
                    break
                answer += data
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        raise NoServiceError(f"no service is running (socket {path}): start it with `earsight run`") from None
    except PermissionError:
        raise TriggerError(
            f"the service on {path} belongs to another user: press with `sudo earsight press`"
        ) from None
    except (TimeoutError, BlockingIOError):
        raise TriggerError(
            f"the service on {path} does not answer within {timeout:g} s: restart it"
        ) from None
    except OSError as error:
        raise TriggerError(f"the service on {path} can't be reached: {error.strerror or error}") from None
    _check_answer(path, answer)


def _check_answer(path: Path, answer: bytes) -> None:
    try:
        parsed = json.loads(answer)
        if parsed == {"ok": True}:
            return
        problem = str(parsed["error"])
    except (ValueError, RecursionError, TypeError, KeyError):
        raise TriggerError(f"what listens on {path} is no Earsight service") from None
    raise TriggerError(f"the service on {path} refused: {' '.join(problem.split())}")


@contextmanager
def _bound(path: Path) -> Iterator[socket.socket]:
    """The listening socket; its file goes away with it. Raises TriggerError."""
    _check_length(path)
    listener = socket.socket(socket.AF_UNIX)
    try:
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with _only_one_starting(path.parent):
                _remove_stale(path)
                os.fchmod(listener.fileno(), 0o600)  # before bind: the file is never open to others
                listener.bind(os.fspath(path))
                listener.listen(MAX_CLIENTS)
            ours = path.stat().st_ino
        except OSError as error:
            raise TriggerError(
                f"triggers.control_socket: {path} can't be made: {error.strerror or error}; "
                "choose a path in a folder of the user that runs Earsight"
            ) from None
        try:
            yield listener
        finally:
            with suppress(OSError):
                if path.stat().st_ino == ours:
                    path.unlink()
    finally:
        listener.close()


@contextmanager
def _only_one_starting(folder: Path) -> Iterator[None]:
    """Two services that start at once must not take the socket away from each other."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TriggerError(
                f"another Earsight is starting (folder {folder} is locked): try again"
            ) from None
        yield
    finally:
        os.close(handle)


def _remove_stale(path: Path) -> None:
    """Take away the socket of a service that has died; refuse to take one from a living service."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise TriggerError(f"triggers.control_socket: {path} is there and is no socket: move it away")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        result = probe.connect_ex(os.fspath(path))
    if result in (0, errno.EAGAIN):
        raise TriggerError(
            f"another Earsight is running (socket {path}): stop it first, or set triggers.control_socket"
        )
    if result != errno.ECONNREFUSED:
        raise OSError(result, os.strerror(result))
    path.unlink()


def _check_length(path: Path) -> None:
    if len(os.fsencode(path)) > MAX_PATH:
        raise TriggerError(
            f"triggers.control_socket: {path} is longer than {MAX_PATH} bytes: choose a shorter path"
        )
