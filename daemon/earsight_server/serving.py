"""`earsight serve`: the application on uvicorn."""

from __future__ import annotations

import argparse
import asyncio
import logging
import resource
import socket
import ssl
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from earsight.config.loader import load_config
from earsight.errors import EarsightError
from earsight.system.journal import log_to_streams
from earsight.system.systemd import notify
from earsight_server.app import Exposure, create_app
from earsight_server.connection import protocol
from earsight_server.guards.access import Token
from earsight_server.guards.names import is_loopback
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import Limits
from earsight_server.token_file import load_token, token_path

_HEAD_BYTES = 32 * 1024
_BACKLOG = 256
"""Connections that wait to be accepted. So many more than may be open are taken at a time."""
_FILES_A_CONNECTION = 4
"""Files that may be open, at least: one that is ended keeps its file until the loop has gone round."""
_GRACE = 5
"""Seconds for what is being answered when the server is asked to end."""

_log = logging.getLogger(__name__)


def serve(arguments: argparse.Namespace) -> int:
    """Serve until a signal asks for the end.

    Raises:
        EarsightError: It can't start.
    """
    log_to_streams(logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.ERROR)  # it warns of each client that speaks no HTTP
    config, limits = load_config(arguments.config), Limits()
    _check_tls(arguments.tls_cert, arguments.tls_key)
    _allow_files(_FILES_A_CONNECTION * limits.connections)
    exposure = _exposure(arguments)
    engine = LocalEngine(config, limits, workers=arguments.workers)
    app = create_app(config, exposure, limits, engine=engine)
    server = _Server(_uvicorn(app, arguments, limits))
    with _listening(arguments.host, arguments.port) as listener:
        asyncio.run(server.serve([listener]))
    if not server.started:
        raise EarsightError("the server could not start, see above")
    return 0


def _exposure(arguments: argparse.Namespace) -> Exposure:
    """Who can reach it; a token is made where that are others than this machine's own programs."""
    names = frozenset({"localhost", *(name.lower() for name in arguments.name), *_own_names(arguments.host)})
    secure = arguments.tls_cert is not None
    exposure = Exposure(names, _token(arguments), secure, pages=secure or is_loopback(arguments.host))
    if exposure.token is not None and not exposure.pages:
        _log.warning("without --tls-cert and --tls-key there is no page, and the token travels as it is")
    return exposure


def _uvicorn(app: ASGIApp, arguments: argparse.Namespace, limits: Limits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        arguments.host,
        arguments.port,
        http=protocol(limits),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        backlog=_BACKLOG,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        timeout_keep_alive=round(limits.keep_alive),
        timeout_graceful_shutdown=_GRACE,
        ssl_certfile=arguments.tls_cert,
        ssl_keyfile=arguments.tls_key,
    )


class _Server(uvicorn.Server):
    """Says when it is ready, and where."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            scheme = "https" if self.config.is_ssl else "http"
            _log.info("ready: %s://%s:%d/", scheme, f"[{host}]" if ":" in host else host, port)
            notify("READY=1")


def _allow_files(count: int) -> None:
    """Let so many be open, as far as the system allows: it allows 1,024 to who does not ask."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise EarsightError(
            f"can't listen at {host}, port {port} ({error.strerror or error}): see --host and --port"
        ) from error


def _own_names(host: str) -> set[str]:
    """Names that reach it because of where it listens."""
    return set() if is_loopback(host) else {host.lower(), socket.gethostname().lower()}


def _token(arguments: argparse.Namespace) -> Token | None:
    """None where only this machine's own programs can reach it."""
    if is_loopback(arguments.host) and not arguments.name:
        return None
    token, text = load_token(token_path(), anew=arguments.new_token)
    if text is not None:
        print(f"The token of this server, shown only now: {text}", flush=True)
    return token


def _check_tls(certificate: Path | None, key: Path | None) -> None:
    if (certificate is None) != (key is None):
        raise EarsightError("--tls-cert and --tls-key are needed together")
    if certificate is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError too
        raise EarsightError(
            f"{certificate}, {key}: no certificate and key for TLS: {error.strerror or error}"
        ) from error
