"""The daemon's captioner engine `server` and this server: what the one asks, the other answers."""

from __future__ import annotations

import asyncio

import pytest

from earsight.captioners.remote.earsight_server import EarsightServer
from earsight.captioners.remote.failure import RemoteError
from earsight.captioners.remote.transport import Transport
from earsight.config.schema import Config
from earsight_server.settings import Limits
from tests.earsight_server.conftest import ASKABLE, Answers, Colours
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


@pytest.mark.parametrize("can_answer", [True, False])
def test_a_question_is_answered(wall: bytes, can_answer: bool) -> None:
    """By a server whose engine can be asked anything; any other leaves it to the device."""

    async def ask(port: int) -> None:
        server = EarsightServer(Transport(f"http://127.0.0.1:{port}"))
        answer = await server.answer(wall, "What is on the table?", "en", PATIENCE)
        assert (answer.text, answer.confidence) == (("two cups", 0.6) if can_answer else ("", None))
        await server.close()

    with served(
        Limits(), Answers() if can_answer else Colours(), ASKABLE if can_answer else Config()
    ) as port:
        asyncio.run(ask(port))
