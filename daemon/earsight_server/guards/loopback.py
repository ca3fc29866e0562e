"""Who may use a server without a token that does not know where it listens: this machine's own programs."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from earsight_server.guards.names import is_loopback
from earsight_server.guards.reply import refused
from earsight_server.refusal import RefusedError


class LoopbackGuard:
    """Refuses connections from other machines."""

    def __init__(self, app: ASGIApp) -> None:
        """Takes what is guarded."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and not _is_from_here(scope):
            app = refused(
                RefusedError(HTTPStatus.FORBIDDEN, "Other machines may use this server only with a token.")
            )
        await app(scope, receive, send)


def _is_from_here(scope: Scope) -> bool:
    client = scope.get("client")
    return client is not None and is_loopback(client[0])
