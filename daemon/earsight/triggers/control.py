"""Control from other programs, over a Unix socket: the server in the service."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import socket
import stat
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from earsight.actions import ArgumentError
from earsight.message import message
from earsight.system import time_limits
from earsight.triggers.control_protocol import MAX_LINE, ActionRequest, check_path, parse_request
from earsight.triggers.trigger import EventSink, InputEvent, Listening, Press, TriggerError

PART = message("part.control_socket")
"""What the wearer calls it."""

MAX_CLIENTS = 8


class ControlServer:
    """A trigger that other programs press.

    Args:
        path: The socket to listen on.
        press: Takes presses of other inputs, by their names.
        buttons: The names of those inputs.
        do: Takes actions: their names, and what they are asked for with. It may raise ArgumentError.
        actions: The names of those actions.
    """

    def __init__(
        self,
        path: Path,
        press: Callable[[str, InputEvent], object] = lambda _button, _press: None,
        buttons: Collection[str] = (),
        do: Callable[[str, str | None], object] = lambda _action, _argument: None,
        actions: Collection[str] = (),
    ) -> None:
        self._path = path
        self._press, self._buttons = press, buttons
        self._do, self._actions = do, actions

    async def run(self, sink: EventSink, listening: Listening = lambda: None) -> None:
        """Pass on presses until cancelled.

        Raises:
            TriggerError: The socket can't be had.
        """
        loop = asyncio.get_running_loop()
        clients: dict[asyncio.Task[None], socket.socket] = {}

        def accept() -> None:
            try:
                client, _ = listener.accept()
            except OSError:  # it has gone already
                return
            client.setblocking(False)
            task = loop.create_task(self._serve(client, sink, welcome=len(clients) < MAX_CLIENTS))
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

    async def _serve(self, client: socket.socket, sink: EventSink, welcome: bool) -> None:
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
                await _reply(client, self._take(line, sink))

    def _take(self, line: bytes, sink: EventSink) -> str | None:
        """Do what a line asks for. What is wrong with it, if anything."""
        try:
            request = parse_request(line, self._buttons, self._actions)
        except ValueError as error:
            return str(error)
        if isinstance(request, ActionRequest):
            try:
                self._do(request.action, request.argument)
            except ArgumentError as error:
                return str(error)
            return None
        press = Press(request.gesture, time.monotonic())
        if request.button is None:
            sink(press)
        else:
            self._press(request.button, press)
        return None


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


@contextmanager
def _bound(path: Path) -> Iterator[socket.socket]:
    """The listening socket; its file goes away with it. Raises TriggerError."""
    check_path(path)
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
                f"triggers.control_socket: {path} can't be created: {error.strerror or error}; "
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
        raise TriggerError(f"triggers.control_socket: {path} exists and is not a socket: move it away")
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
