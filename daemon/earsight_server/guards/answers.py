"""The outermost guard: what every answer carries, what is counted, and what becomes of a fault."""

from __future__ import annotations

import asyncio
import logging
import time
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earsight_server.guards.reply import fault, refused
from earsight_server.metrics import Metrics
from earsight_server.refusal import RefusedError, place_of

_log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; media-src 'self' data: blob:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # without any, a browser's form has no origin either
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cache-Control": "no-store",
}
"""Of every answer: a browser shows and runs nothing but ours, and keeps nothing."""


class AnswerGuard:
    """Adds the headers, counts, and logs faults without what they were about."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, secure: bool) -> None:
        """Args:
        app: What is guarded.
        metrics: Counts.
        secure: Whether the server speaks TLS.
        """
        self._app, self._metrics = app, metrics
        self._headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def send_on(event: Message) -> None:
            nonlocal status
            if event["type"] == "http.response.start":
                status = event["status"]
                headers = MutableHeaders(scope=event)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(event)

        try:
            await self._app(scope, receive, send_on)
        except ClientDisconnect:
            status = status or 499
        except asyncio.CancelledError:  # so Ray tells that the client has gone
            status = status or 499
            raise
        except RefusedError as refusal:
            await refused(refusal)(scope, receive, send_on)
        except Exception as error:
            _log.error("%s %s failed: %s", scope["method"], _route(scope), place_of(error))
            if status not in (0, HTTPStatus.INTERNAL_SERVER_ERROR):
                raise ConnectionError("a fault in the midst of an answer") from None
            if not status:  # the application itself answers faults of its routes, and raises them again
                await fault()(scope, receive, send_on)
        finally:
            self._metrics.count(_route(scope), scope["method"], status, time.perf_counter() - began)


def _route(scope: Scope) -> str:
    """As the application knows it; a client's own paths are neither logged nor counted by name."""
    return getattr(scope.get("route"), "path", "other")
