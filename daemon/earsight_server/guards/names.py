"""Whom a request may come from: only pages of this server's own, by a name that is its own.

A page of somebody else's whose name is made to point here (DNS rebinding) comes with that name as Host; one
that sends a form here comes with its own as Origin.
"""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from earsight_server.guards.reply import refused
from earsight_server.refusal import RefusedError

_READS = ("GET", "HEAD", "OPTIONS")


class NameGuard:
    """Refuses other names, and what other pages send."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        """Args:
        app: What is guarded.
        names: By which the server may be reached, without ports. Addresses always are.
        """
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (self._app if refusal is None else refused(refusal))(scope, receive, send)

    def _refusal(self, scope: Scope) -> RefusedError | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_own(host_name(hosts[0])):
            return RefusedError(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This server is not called that: use the address that it shows at its start, or --name.",
            )
        if scope["method"] in _READS:
            return None
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if (origin is not None and urlsplit(origin).netloc.lower() != hosts[0].lower()) or site in (
            "cross-site",
            "same-site",
        ):
            return RefusedError(HTTPStatus.FORBIDDEN, "Another site's page may not use this server.")
        return None

    def _is_own(self, name: str) -> bool:
        """Addresses are: what is typed as numbers was not made to point here by a name."""
        return name in self._names or _is_address(name)


def host_name(host: str) -> str:
    """The name in a Host header, in lower case, without the port; "" if it is none."""
    try:
        return urlsplit(f"//{host}").hostname or "" if "@" not in host and "/" not in host else ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether only this machine's own programs can reach an address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
