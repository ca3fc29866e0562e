"""The application on a real uvicorn, in a thread, with limits that a test need not wait for."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp

from earsight.config.schema import Config
from earsight.vision.describer import Describer
from earsight_server.app import create_app
from earsight_server.connection import protocol
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import Limits
from tests.earsight_server.conftest import Colours, tones

PATIENCE = 30.0
"""Seconds for what takes a few tenths, on a machine that may be busy."""


class _Server(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def served(limits: Limits, captioner: Colours | None = None, config: Config | None = None) -> Iterator[int]:
    """The port of a running server that names the colours of walls."""
    config = config or Config()
    captioner = captioner or Colours()
    engine = LocalEngine(config, limits, build=lambda _config: Describer(captioner))
    app = create_app(config, limits=limits, engine=engine, speech=tones(config))
    with closing(engine), served_app(app, limits) as port:
        yield port


@contextmanager
def served_app(app: ASGIApp, limits: Limits) -> Iterator[int]:
    """The port of a running server."""
    server = _Server(
        uvicorn.Config(
            app,
            http=protocol(limits),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            timeout_keep_alive=1,
        )
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            assert server.ready.wait(PATIENCE)
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            server.force_exit = True
            thread.join(PATIENCE)


def sent(port: int, *parts: bytes, end: bool = False) -> bytes:
    """All that the server answers to what is sent, until it ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
            if end:
                connection.shutdown(socket.SHUT_WR)
        answer = b""
        with suppress(ConnectionError):
            while part := connection.recv(65536):
                answer += part
        return answer


def head(path: str = "/v1/describe", **headers: object) -> bytes:
    """Of a POST request. Names of headers are written with underscores."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()
