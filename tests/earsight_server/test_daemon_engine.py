"""The daemon's captioner engine `server` and this server: what the one asks, the other answers."""

from __future__ import annotations

import asyncio

import pytest

from earsight.captioners.remote.earsight_server import EarsightServer
from earsight.captioners.remote.failure import RemoteError
from earsight.captioners.remote.transport import Transport
from earsight_server.settings import Limits
from tests.earsight_server.live import PATIENCE, served


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_look_is_captioned(wall: bytes, language: str) -> None:
    async def ask(port: int) -> None:
        server = EarsightServer(Transport(f"http://127.0.0.1:{port}"))
        answer = await server.caption(wall, language, PATIENCE)
        assert answer.text == "a red wall"
        assert answer.confidence == 0.9
        with pytest.raises(RemoteError):
            await server.caption(b"no picture", language, PATIENCE)
        await server.close()

    with served(Limits()) as port:
        asyncio.run(ask(port))
