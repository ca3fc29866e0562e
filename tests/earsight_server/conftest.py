"""Applications for all tests of a module. They end with it: while a thread
holds a model, children that other tests fork may hang."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from earsight.captioners.captioner import Encoding, Support, never, unsupported
from earsight.config.captioner import ChatCaptionerSection
from earsight.config.remote import ChatSection
from earsight.config.schema import Config
from earsight.scene import Caption
from earsight.vision.describer import Describer
from earsight.voice.sound import Sound
from earsight_server.app import create_app
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import Limits
from earsight_server.speech import Speech
from tests.earsight.stand_ins import ColourCaptioner, painted
from tests.photo_examples import real_photos, saved

HERE = "http://localhost:8000"


class Tones:
    """A synthesizer that is there on every machine: a beep for each text."""

    name = "tones"

    async def synthesize(self, _text: str, _rate: int) -> Sound:
        return Sound((8000 * np.sin(np.arange(4410) / 8)).astype(np.int16), 22050)

    async def close(self) -> None:
        pass


class Colours(ColourCaptioner):
    """In both languages."""

    def __init__(self) -> None:
        super().__init__()
        self.languages = ("en", "id")


class Answers(Colours):
    """Can be asked anything, and always says the same."""

    def answer(
        self,
        _encoding: Encoding[Any],
        _question: str,
        _cancelled: Callable[[], bool] = never,
        _support: Support = unsupported,
        language: str | None = None,
    ) -> Caption | None:
        return Caption("two cups", 0.6, 0.0, 0.0, language=language or "en")


ASKABLE = Config(
    captioner=ChatCaptionerSection(
        engine="openai", remote=ChatSection(url="http://127.0.0.1:9", model="stand-in")
    )
)
"""Settings of a server whose engine can be asked anything."""


def tones(config: Config) -> Speech:
    return Speech(config, lambda _language: Tones())


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """Of a server that names the colour of walls."""
    config = Config()
    engine = LocalEngine(config, Limits(), build=lambda _config: Describer(Colours()))
    with TestClient(create_app(config, engine=engine, speech=tones(config)), base_url=HERE) as client:
        yield client


@pytest.fixture(scope="module")
def seeing() -> Iterator[TestClient]:
    """Of a server with the built-in model."""
    config = Config()
    with TestClient(create_app(config, speech=tones(config)), base_url=HERE) as client:
        yield client


@pytest.fixture(scope="session")
def wall() -> bytes:
    """A picture of a red wall."""
    return saved(Image.fromarray(painted("red")), "png")


@pytest.fixture(scope="session")
def motorcycle() -> bytes:
    """A photo."""
    return real_photos()[2].read_bytes()
