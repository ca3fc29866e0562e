"""HTTP as uvicorn speaks it, with time limits for the heads of requests and for who takes no answer, and with
room for a new connection whenever others do nothing."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from earsight_server.refusal import RefusedError, busy
from earsight_server.settings import Limits


class Idle:
    """The connections that do nothing.

    Attributes:
        fresh: Those that have brought no request yet, oldest first.
        kept: Those whose last request was answered, that of the longest ago first.
    """

    def __init__(self) -> None:
        self.fresh: dict[PatientProtocol, None] = {}
        self.kept: dict[PatientProtocol, None] = {}

    @property
    def first(self) -> PatientProtocol | None:
        """Which can be spared first."""
        return next(iter(self.fresh or self.kept), None)

    def forget(self, connection: PatientProtocol) -> None:
        """It is at work, or has ended."""
        self.fresh.pop(connection, None)
        self.kept.pop(connection, None)


class PatientProtocol(H11Protocol):
    """One connection. It ends when it has brought no request for a while, or takes none of an answer, or when
    it does nothing and there is no room for another one."""

    limits = Limits()
    idle = Idle()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._idle: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._wait_for_request()
        self._make_room()
        self.idle.fresh[self] = None

    def _make_room(self) -> None:
        """End a connection that does nothing. If all others are at work, refuse this one."""
        if len(self.connections) <= self.limits.connections:
            return
        if idle := self.idle.first:
            self.idle.forget(idle)
            self.connections.discard(idle)
            idle.transport.abort()
        else:
            self._end_with(busy("Too many are connected."))

    def data_received(self, data: bytes) -> None:
        if self._is_between_requests():
            self._wait_for_request()
        super().data_received(data)
        if not self._is_between_requests():
            _cancel(self._idle)
            self._idle = None
            self.idle.forget(self)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_between_requests() and not self.transport.is_closing():
            self.idle.kept[self] = None

    def _is_between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait_for_request(self) -> None:
        """Begins with a connection, and with the first byte after an answer: not anew with each byte."""
        if self._idle is None:
            self._idle = self.loop.call_later(self.limits.headers, self._end_if_idle)

    def _end_if_idle(self) -> None:
        self._idle = None
        if self._is_between_requests() and self.timeout_keep_alive_task is None:
            self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(self.limits.writing, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        _cancel(self._stuck)

    def eof_received(self) -> None:
        """Half a request: whoever has ended it may still listen."""
        cycle = self.cycle
        if cycle is not None and cycle.more_body and not cycle.response_started:
            self.send_400_response("The request is shorter than it says.")
            cycle.disconnected = True
            cycle.message_event.set()

    def connection_lost(self, exc: Exception | None) -> None:
        _cancel(self._idle)
        _cancel(self._stuck)
        self.idle.forget(self)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """As everywhere: JSON."""
        self._end_with(RefusedError(HTTPStatus.BAD_REQUEST, msg))

    def _end_with(self, refusal: RefusedError) -> None:
        """Say why, without waiting for a request, and end the connection."""
        headers = {
            "content-type": "application/json",
            "content-length": str(len(refusal.body)),
            "connection": "close",
            **refusal.headers,
        }
        response = h11.Response(
            status_code=refusal.status, headers=[*headers.items()], reason=refusal.status.phrase
        )
        with contextlib.suppress(h11.LocalProtocolError):  # an answer to something else has begun
            for event in (response, h11.Data(data=refusal.body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def protocol(limits: Limits) -> type[asyncio.Protocol]:
    """The class of one server's connections, with these limits."""
    return type("Connection", (PatientProtocol,), {"limits": limits, "idle": Idle()})
