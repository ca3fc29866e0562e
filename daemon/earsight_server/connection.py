"""HTTP as uvicorn speaks it, with time limits for the heads of requests and for who takes no answer."""

from __future__ import annotations

import asyncio
import contextlib

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from earsight_server.refusal import error_body
from earsight_server.settings import Limits


class PatientProtocol(H11Protocol):
    """One connection. It ends when it has brought no request for a while, or takes none of an answer."""

    limits = Limits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._idle: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        if self._is_between_requests():
            self._wait_for_request()
        super().data_received(data)
        if not self._is_between_requests():
            _cancel(self._idle)
            self._idle = None

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
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """As everywhere: JSON."""
        body = error_body(msg)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        response = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        with contextlib.suppress(h11.LocalProtocolError):  # an answer to something else has begun
            for event in (response, h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


def protocol(limits: Limits) -> type[asyncio.Protocol]:
    """The class of connections with these limits."""
    return type("Connection", (PatientProtocol,), {"limits": limits})
