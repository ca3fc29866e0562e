"""A second real server of others: LitServe, which checks requests by its own reading of OpenAI's API."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec

import httpx2
import pytest

from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.chat import ChatModel
from earsight.captioners.remote.transport import Transport
from tests.earsight.captioners.remote.conftest import NEVER_OPENS
from tests.earsight.stand_ins import ColourCaptioner, painted

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(find_spec("litserve") is None, reason="pip install litserve"),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = os.environ | {"LITSERVE_TELEMETRY_OPT_OUT": "1"}
    program = [sys.executable, "-P", "-m", "tests.earsight.captioners.remote.litserve_colours", str(port)]
    child = subprocess.Popen(program, env=environment, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while not _is_there(port):
            assert child.poll() is None, "it does not start"
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        os.killpg(child.pid, signal.SIGKILL)  # its workers outlive it otherwise
        child.wait(30)


def _is_there(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/health", trust_env=False).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False


@pytest.mark.parametrize("colour", ["red", "blue"])
def test_it_sees_the_picture_and_its_words_are_said(url: str, colour: str) -> None:
    captioner = RemoteCaptioner(ColourCaptioner(), ChatModel(Transport(url), "any"), 60.0, limits=NEVER_OPENS)
    found = captioner.describe(captioner.encode(captioner.prepare(painted(colour))))
    captioner.close()
    assert found[0].text == f"a {colour} wall"
    assert captioner.on_its_own is None
