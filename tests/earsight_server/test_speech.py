"""The voice: what becomes of an answer when it fails, and what of that reaches a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from earsight.config.schema import Config
from earsight.vision.describer import Describer
from earsight.voice.sound import Sound, VoiceError
from earsight_server.app import create_app
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import Limits
from earsight_server.speech import Speech, checked
from tests.earsight_server.conftest import HERE, Colours


class Mute:
    """A synthesizer that tells what it was to say."""

    name = "mute"

    async def synthesize(self, text: str, _rate: int) -> Sound:
        raise VoiceError(f"no sound from {text!r}")

    async def close(self) -> None:
        pass


@pytest.fixture
def mute() -> Iterator[TestClient]:
    config = Config()
    engine = LocalEngine(config, Limits(), build=lambda _config: Describer(Colours()))
    app = create_app(config, engine=engine, speech=Speech(config, lambda _language: Mute()))
    with TestClient(app, base_url=HERE) as client:
        yield client


def test_programs_are_told(mute: TestClient, wall: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for answer in (
            mute.post("/v1/describe?sound=true", files={"image": wall}),
            mute.post("/v1/speak", json={"text": "A secret wall."}),
            mute.post("/", files={"image": wall}),
        ):
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "60"
            assert "voice" in answer.json()["error"]
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("earsight"))
    assert "voice for en failed (VoiceError)" in ours
    assert "wall" not in ours


def test_the_page_shows_the_words_all_the_same(mute: TestClient, wall: bytes) -> None:
    page = mute.post("/answer", files={"image": wall}, data={"sound": "true"})
    assert page.status_code == 200
    assert "red wall" in page.text.lower()
    assert "data:audio" not in page.text


def test_a_fault_is_logged_without_what_it_was_about(wall: bytes, caplog: pytest.LogCaptureFixture) -> None:
    captioner = Colours()
    captioner.fault = RuntimeError("a secret wall")
    config = Config()
    engine = LocalEngine(config, Limits(), build=lambda _config: Describer(captioner))
    client = TestClient(create_app(config, engine=engine), base_url=HERE)
    answer = client.post("/v1/describe", files={"image": wall})
    assert (answer.status_code, list(answer.json())) == (500, ["error"])
    assert "RuntimeError in " in caplog.text
    assert "secret" not in caplog.text


def test_no_promise_of_safety_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    assert checked("The way is clear.", "id") == "Saya tidak tahu ini apa."
    assert checked("A car ahead.", "en") == "A car ahead."
    assert "way" not in caplog.text
