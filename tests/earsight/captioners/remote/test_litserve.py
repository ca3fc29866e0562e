"""A second real server of others: LitServe, which checks requests by its own reading of OpenAI's API."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.chat import ChatModel
from earsight.captioners.remote.transport import Transport
from tests.earsight.captioners.remote.conftest import NEVER_OPENS
from tests.earsight.captioners.remote.real_server import started
from tests.earsight.stand_ins import ColourCaptioner, painted

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(find_spec("litserve") is None, reason="pip install litserve"),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    module = "tests.earsight.captioners.remote.litserve_colours"
    with started(lambda port: ["-P", "-m", module, port], {"LITSERVE_TELEMETRY_OPT_OUT": "1"}) as url:
        yield url


@pytest.mark.parametrize("colour", ["red", "blue"])
def test_it_sees_the_picture_and_its_words_are_said(url: str, colour: str) -> None:
    captioner = RemoteCaptioner(ColourCaptioner(), ChatModel(Transport(url), "any"), 60.0, limits=NEVER_OPENS)
    found = captioner.describe(captioner.encode(captioner.prepare(painted(colour))))
    captioner.close()
    assert found[0].text == f"a {colour} wall"
    assert captioner.on_its_own is None
