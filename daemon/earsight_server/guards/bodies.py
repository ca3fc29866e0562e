"""What a client may send, and how slowly: bounded before anything is read of it."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earsight_server.guards.reply import refused
from earsight_server.refusal import RefusedError, busy
from earsight_server.settings import MEGABYTE, Limits

_DRAINED = 2
"""Times the limit: of a body that is only a little too large, so much is taken and dropped. A client that
still sends when the connection ends would not see the answer."""


class BodyGuard:
    """Bounds each body in size and time, and all of them together in memory."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._buffered = 0

    @property
    def buffered(self) -> int:
        """Bytes of the bodies of all requests that are being answered."""
        return self._buffered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(self, self._limits, receive)
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > self._limits.body_bytes:
            if "expect" not in Headers(scope=scope):
                await body.drain()
            await refused(too_large(self._limits))(scope, receive, send)
            return
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._buffered -= body.size

    def take(self, size: int) -> None:
        """Raises RefusedError: There is no memory for so many bytes."""
        if self._buffered + size > self._limits.buffered_bytes:
            raise busy("Too many pictures are being sent.")
        self._buffered += size


class _Body:
    """The body of one request.

    Attributes:
        size: Bytes that have come and are held.
    """

    def __init__(self, guard: BodyGuard, limits: Limits, receive: Receive) -> None:
        self._guard, self._limits, self._receive = guard, limits, receive
        self._deadline = time.monotonic() + limits.body
        self._whole = False
        self.size = 0

    async def receive(self) -> Message:
        """The next part. Raises RefusedError: It is too much, or too slow."""
        if self._whole:
            return await self._receive()
        event = await self._next()
        size = len(event.get("body", b""))
        if self.size + size > self._limits.body_bytes:
            await self.drain(self.size + size)
            raise too_large(self._limits)
        self._guard.take(size)
        self.size += size
        return event

    async def drain(self, size: int = 0) -> None:
        """Drop what comes, as far as it is not much more than may come."""
        while not self._whole and size <= _DRAINED * self._limits.body_bytes:
            try:
                size += len((await self._next()).get("body", b""))
            except RefusedError:
                return

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout(min(self._limits.chunk, self._deadline - time.monotonic())):
                event = await self._receive()
        except TimeoutError:
            raise RefusedError(
                HTTPStatus.REQUEST_TIMEOUT,
                "The picture was sent too slowly: try again, or send a smaller one.",
            ) from None
        self._whole = event["type"] == "http.disconnect" or not event.get("more_body", False)
        return event


def too_large(limits: Limits) -> RefusedError:
    """A body that is larger than may be."""
    return RefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"The picture is larger than {limits.picture_bytes // MEGABYTE} MB: send a smaller one.",
    )
