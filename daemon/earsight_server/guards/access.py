"""Who may use the server when others than this machine's own programs can reach it: who has the token."""

from __future__ import annotations

import hmac
from hashlib import sha256
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from earsight_server.guards.reply import refused, to_login, wants_page
from earsight_server.refusal import RefusedError

COOKIE = "earsight"
_OPEN = frozenset({"/healthz", "/login"})
_OPEN_FOLDER = "/static/"


class Token:
    """What a client has to show. Only its hash is known here.

    Attributes:
        cookie: What a browser shows in its place, so that it need not keep the token itself.
    """

    def __init__(self, digest: bytes) -> None:
        self._digest = digest
        self.cookie = hmac.new(digest, b"cookie", sha256).hexdigest()

    def is_shown(self, token: str) -> bool:
        """Whether a text is the token."""
        return hmac.compare_digest(sha256(token.strip().encode()).digest(), self._digest)

    def is_known(self, scope: Scope) -> bool:
        """Whether a request shows the token, or the cookie."""
        headers = Headers(scope=scope)
        kind, _, shown = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self.is_shown(shown)
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        return hmac.compare_digest(cookie.encode(), self.cookie.encode())


class AccessGuard:
    """Refuses who does not show the token; sends browsers to where it can be shown."""

    def __init__(self, app: ASGIApp, token: Token, *, pages: bool) -> None:
        """Args:
        app: What is guarded.
        token: To be shown.
        pages: Whether browsers may show it: not where it would cross a network without TLS.
        """
        self._app, self._token, self._pages = app, token, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and not self._is_open(scope["path"]) and not self._token.is_known(scope):
            app = to_login() if self._pages and wants_page(scope) else refused(self._refusal())
        await app(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return path in _OPEN or path.startswith(_OPEN_FOLDER)

    def _refusal(self) -> RefusedError:
        return RefusedError(
            HTTPStatus.UNAUTHORIZED,
            "Show the token of this server: Authorization: Bearer TOKEN.",
            {"WWW-Authenticate": "Bearer"},
        )
