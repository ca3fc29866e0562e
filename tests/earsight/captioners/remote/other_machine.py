"""A server on this machine that plays another one: it answers as a test says, or does whatever it says."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_PATIENCE = 30.0


@dataclass(frozen=True)
class Received:
    """A request.

    Attributes:
        path: Of its first line.
        headers: By their names in lower case.
        body: As it came.
    """

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Line:
    """The connection that a request came on."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, content: bytes) -> None:
        self._connection.sendall(content)

    def until_gone(self) -> None:
        """Wait until the other side hangs up."""
        while self._connection.recv(65536):
            pass


Behaviour = Callable[[Line, Received], None]


class OtherMachine:
    """Listens on a port of its own, in threads.

    Attributes:
        behaviour: What is done with a request; after it the connection is closed.
        received: All requests so far.
        came: Set when a request has come.
        gone: Set when a request's connection was ended by the other side, after until_gone().
    """

    def __init__(self, behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.behaviour, self._tls = behaviour, tls
        self.received: list[Received] = []
        self.came, self.gone = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._connections: list[socket.socket] = []
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            _hang_up(connection)
        for thread in self._threads:
            thread.join(_PATIENCE)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(_PATIENCE)
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._connections.append(connection)
            request = _read(connection)
            if request is None:
                return
            self.received.append(request)
            self.came.set()
            self.behaviour(Line(connection), request)
        except OSError:  # the other side has hung up, or this one
            pass
        finally:
            if self.came.is_set():
                self.gone.set()
            _hang_up(connection)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _read(connection: socket.socket) -> Received | None:
    content = b""
    while b"\r\n\r\n" not in content:
        piece = connection.recv(65536)
        if not piece:
            return None
        content += piece
    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return Received(first.split(" ")[1], headers, body)


def http(body: bytes, status: str = "200 OK", **headers: object) -> bytes:
    """A whole answer."""
    named = {"Content-Length": len(body), "Connection": "close"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def completion(text: object, log_probs: list[float] | None = None, finish: str = "stop") -> bytes:
    """The body of an answer of OpenAI's chat API."""
    choice: dict[str, object] = {"index": 0, "message": {"role": "assistant", "content": text}}
    choice["finish_reason"] = finish
    if log_probs is not None:
        choice["logprobs"] = {"content": [{"token": "x", "logprob": each} for each in log_probs]}
    return json.dumps({"object": "chat.completion", "choices": [choice]}).encode()


def answering(content: bytes) -> Behaviour:
    """Sends the same to everybody."""
    return lambda line, _request: line.send(content)


def says(text: object, log_probs: list[float] | None = None, finish: str = "stop") -> Behaviour:
    """Describes every picture in these words, by OpenAI's chat API."""
    return answering(http(completion(text, log_probs, finish)))


def silent(line: Line, _request: Received) -> None:
    """Takes a request, and says nothing."""
    line.until_gone()
