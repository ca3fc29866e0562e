"""HTTP with bounds: who is asked, for how long, and how much of an answer is read.

By httpx2, the successor of httpx. Importing this module takes it (the extra `remote`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from earsight.captioners.remote.failure import RemoteError
from earsight.errors import CaptionerError
from earsight.system import time_limits
from earsight.system.network import is_private

LARGEST_ANSWER = 1_000_000
"""Bytes. A caption with its log-probabilities has some thousands."""
_TOO_MANY, _UNAVAILABLE = 429, 503

for _name in ("httpx2", "httpcore2"):  # a log names no requests
    logging.getLogger(_name).setLevel(logging.WARNING)


class Transport:
    """Sends requests to one server. For one event loop.

    It follows no redirects (the pictures would go elsewhere), asks no proxy that the environment names, and
    reads no compressed answers (a small one may be a large one).
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        certificate: Path | None = None,
        allow_public_http: bool = False,
    ) -> None:
        """Opens no connection yet.

        Args:
            url: What the paths of requests are added to.
            key: Sent as a bearer token.
            certificate: PEM file to be trusted, beside those of the system.
            allow_public_http: Whether a connection without TLS may lead to a public address.

        Raises:
            CaptionerError: The certificate can't be read.
        """
        self._url = url.rstrip("/")
        self._private_only = url.startswith("http:") and not allow_public_http
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "earsight"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        limits = httpx2.Limits(max_connections=4, keepalive_expiry=time_limits.REMOTE_KEPT_ALIVE)
        self._client = httpx2.AsyncClient(
            headers=headers, verify=_trusted(certificate), limits=limits, trust_env=False, timeout=None
        )

    @property
    def server(self) -> str:
        """Its address, for people."""
        return self._url

    async def post(
        self,
        path: str,
        limit: float,
        *,
        json: Any = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Any:
        """Send a request.

        Args:
            path: Added to the server's URL.
            limit: Seconds until the end of the answer.
            json: The body, or:
            files: Parts of a form with a file: by name, its file name, content and media type.
            data: Further parts of it.

        Returns:
            The JSON of the answer.

        Raises:
            RemoteError: There is none, for whatever reason.
        """
        extensions = {"trace": self._check_connection} if self._private_only else {}
        try:
            async with (
                asyncio.timeout(limit),
                self._client.stream(
                    "POST", self._url + path, json=json, files=files, data=data, extensions=extensions
                ) as answer,
            ):
                content = await self._content(answer)
        except TimeoutError:
            raise self._error(f"no answer within {limit:g} s") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError) as error:
            raise self._error(_reason(error)) from error
        return self._parsed(content)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _content(self, answer: httpx2.Response) -> bytes:
        if answer.is_redirect:
            raise self._error(f"a redirect ({answer.status_code}); set remote.url to where it leads")
        if answer.status_code != httpx2.codes.OK:
            raise self._error(_MEANING.get(answer.status_code, "an error"), answer)
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise self._error("a compressed answer, which was not asked for")
        content = bytearray()
        async for piece in answer.aiter_raw():
            content += piece
            if len(content) > LARGEST_ANSWER:
                raise self._error(f"an answer of more than {LARGEST_ANSWER // 1000} kB")
        return bytes(content)

    def _parsed(self, content: bytes) -> Any:
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise self._error("an answer that is no JSON; check captioner.remote.url") from None

    async def _check_connection(self, event: str, info: Mapping[str, Any]) -> None:
        """Before anything is sent: a name may lead anywhere."""
        if event != "connection.connect_tcp.complete":
            return
        stream = info["return_value"]
        address = str(stream.get_extra_info("server_addr")[0])
        if not is_private(address):
            await stream.aclose()
            raise self._error(f"{address}, a public address, without TLS; use https://, or allow_public_http")

    def _error(self, what: str, answer: httpx2.Response | None = None) -> RemoteError:
        text = f"{self._url}: {what}"
        if answer is None:
            return RemoteError(text)
        return RemoteError(f"{text} ({answer.status_code})", _retry_after(answer), answer.status_code)


_MEANING = {
    400: "it does not understand the request; check captioner.remote.url and model",
    401: "it wants another key; check captioner.remote.key_file",
    403: "it wants another key; check captioner.remote.key_file",
    404: "it does not know this address or model; check captioner.remote.url and model",
    _TOO_MANY: "too many requests",
    _UNAVAILABLE: "it is busy",
}


def _retry_after(answer: httpx2.Response) -> float | None:
    """Seconds; a date, which would need a right clock, counts as none named."""
    if answer.status_code not in (_TOO_MANY, _UNAVAILABLE):
        return None
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0.0


def _trusted(certificate: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if certificate is not None:
        try:
            context.load_verify_locations(certificate)
        except OSError as error:  # ssl.SSLError, too
            raise CaptionerError(
                f"{certificate}: not a certificate ({error.strerror or error}); expected a PEM file"
            ) from error
    return context


def _reason(error: Exception) -> str:
    """On one line. httpx2's errors name no headers."""
    text = " ".join(str(error).split())[:200] or type(error).__name__
    if "certificate verify failed" in text.lower():
        return f"its certificate is not trusted ({text}); set captioner.remote.certificate"
    return f"not reached ({text}); check the network and the server"
