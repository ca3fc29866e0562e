"""Clients that are slow, lie about lengths, never end, or want too much at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Iterator

import httpx2
import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from uvicorn.server import ServerState

from earsight_server.connection import Idle, protocol
from earsight_server.settings import Limits
from tests.earsight_server.conftest import Colours
from tests.earsight_server.live import PATIENCE, head, sent, served

HASTY = Limits(
    picture_bytes=200_000, form_bytes=10_000, headers=0.3, chunk=0.3, body=1.0, writing=0.3, waiting=1
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(HASTY) as port:
        yield port


def status(answer: bytes) -> int:
    """Of an HTTP answer with {"error"}."""
    first, _, body = answer.partition(b"\r\n\r\n")
    assert list(json.loads(body)) == ["error"], answer
    return int(first.split()[1])


def test_who_sends_no_head_is_not_waited_for(port: int) -> None:
    assert sent(port) == b""
    assert sent(port, b"GET / HTTP/1.1\r\nHost: loc") == b""


def test_nor_who_does_so_after_an_answer(port: int) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = sent(port, whole, b"GET / HTT")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_body_that_stops(port: int) -> None:
    assert status(sent(port, head(Content_Length=1000, Content_Type="image/png"), b"abc")) == 408


def test_a_body_that_trickles(port: int) -> None:
    """Each part in time, the whole never."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(head(Content_Length=100_000, Content_Type="image/png"))
        connection.settimeout(0.05)
        answer = b""
        for _ in range(int(PATIENCE / 0.05)):
            connection.sendall(b"x")
            try:
                answer += connection.recv(65536)
            except TimeoutError:
                continue
            if answer.endswith(b"}"):
                break
    assert status(answer) == 408


def test_a_body_that_is_declared_too_large(port: int) -> None:
    assert (
        status(sent(port, head(Content_Length=10**12, Content_Type="image/png", Expect="100-continue")))
        == 413
    )
    size = 300_000
    answer = sent(port, head(Content_Length=size, Content_Type="image/png"), bytes(size))
    assert status(answer) == 413


def test_chunks_without_end(port: int) -> None:
    chunk = b"8000\r\n" + bytes(0x8000) + b"\r\n"
    request = head(Transfer_Encoding="chunked", Content_Type="image/png")
    assert status(sent(port, request, *[chunk] * 40)) == 413


@pytest.mark.parametrize("length", ["abc", "-5", "1, 2", "0x10"])
def test_lengths_that_are_none(port: int, length: str) -> None:
    assert status(sent(port, head(Content_Length=length), b"abc")) == 400


def test_a_body_that_ends_before_its_length(port: int) -> None:
    assert status(sent(port, head(Content_Length=1000, Content_Type="image/png"), b"abc", end=True)) == 400


def test_what_is_no_http(port: int) -> None:
    assert status(sent(port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")) == 400


def test_a_head_that_is_too_long(port: int) -> None:
    assert status(sent(port, b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000)) == 400


def test_a_body_for_an_address_that_takes_none(port: int) -> None:
    """It is answered, and what goes on is not read for ever."""
    answer = sent(port, head("/nothing", Transfer_Encoding="chunked"), *[b"1\r\nx\r\n"] * 5)
    assert answer.startswith(b"HTTP/1.1 404")


class _Stuck(asyncio.Transport):
    """To a client that reads nothing. What is left of its answers can't be seen from the client's end."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = asyncio.Event()

    def abort(self) -> None:
        self.ended.set()


def test_who_takes_no_answer() -> None:
    async def wait() -> None:
        transport, limits = _Stuck(), Limits(writing=0.01)
        connection = protocol(limits)(
            uvicorn.Config(PlainTextResponse(""), log_config=None), ServerState(), {}
        )  # type: ignore[call-arg]
        connection.connection_made(transport)
        connection.pause_writing()
        await asyncio.wait_for(transport.ended.wait(), PATIENCE)
        connection.connection_lost(ConnectionError())

    asyncio.run(wait())


def test_too_many_photos_at_once(wall: bytes) -> None:
    """One is looked at, one waits; the third is told when to come again, and the first two are answered."""
    captioner = Colours()
    with served(HASTY, captioner) as port:
        captioner.gate.clear()
        url = f"http://localhost:{port}"
        statuses: list[int] = []

        def ask() -> None:
            statuses.append(
                httpx2.post(f"{url}/v1/describe", files={"image": wall}, timeout=PATIENCE).status_code
            )

        asking = [threading.Thread(target=ask) for _ in range(2)]
        for thread in asking:
            thread.start()
        while "earsight_photos_waiting 2.0" not in httpx2.get(f"{url}/metrics").text:
            pass
        refused = httpx2.post(f"{url}/v1/describe", files={"image": wall}, timeout=PATIENCE)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"
        assert list(refused.json()) == ["error"]
        captioner.gate.set()
        for thread in asking:
            thread.join(PATIENCE)
        assert statuses == [200, 200]


def test_who_goes_away_is_not_worked_for(wall: bytes) -> None:
    captioner = Colours()
    with served(HASTY, captioner) as port:
        captioner.gate.clear()
        url = f"http://localhost:{port}"
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(head(Content_Length=len(wall), Content_Type="image/png") + wall)
            while captioner.described == 0:
                pass
        while "earsight_photos_waiting 0.0" not in httpx2.get(f"{url}/metrics").text:
            pass
        assert captioner.captioned == 0


def test_who_does_nothing_makes_room() -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with served(Limits(connections=2, headers=10 * PATIENCE)) as port, contextlib.ExitStack() as stack:
        first, second = (
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            for _ in range(2)
        )
        assert sent(port, whole).startswith(b"HTTP/1.1 200")
        with contextlib.suppress(ConnectionError):
            assert first.recv(1) == b""
        second.sendall(whole)
        assert second.recv(65536).startswith(b"HTTP/1.1 200")


def test_who_never_asked_is_spared_first() -> None:
    async def connections() -> None:
        of_one_server = protocol(Limits())
        config = uvicorn.Config(PlainTextResponse(""), log_config=None)
        asked, longest, newest = (of_one_server(config, ServerState(), {}) for _ in range(3))  # type: ignore[call-arg]
        idle = Idle()
        idle.kept[asked] = idle.fresh[longest] = idle.fresh[newest] = None
        for spared in (longest, newest, asked):
            assert idle.first is spared
            idle.forget(spared)
        assert idle.first is None

    asyncio.run(connections())


def test_who_comes_when_all_are_at_work_is_told_so(wall: bytes) -> None:
    captioner = Colours()
    with served(Limits(connections=1), captioner) as port:
        captioner.gate.clear()
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(head(Content_Length=len(wall), Content_Type="image/png") + wall)
            while captioner.described == 0:
                pass
            refused = sent(port)
            assert status(refused) == 503
            assert b"retry-after: 1\r\n" in refused.lower()
            captioner.gate.set()
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
