"""What a replica does for a client that has gone, and of faults. Takes Ray, but no cluster."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from http import HTTPStatus
from importlib.util import find_spec

import pytest

from earsight.captioners.captioner import DecodingCancelledError, Encoding, never
from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.schema import Config
from earsight.scene import Caption
from earsight.vision.describer import TEXT, Describer, LookRequest
from earsight_server.refusal import RefusedError
from tests.earsight_server.conftest import Colours
from tests.earsight_server.ray_serve.cluster import PATIENCE

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(find_spec("ray") is None, reason="script/test --ray installs Ray"),
]

CONFIG = Config(captioner=OnnxCaptionerSection(threads=1))


class Endless(Colours):
    """Decodes until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.ended = threading.Event(), threading.Event()

    def describe(
        self, _encoding: Encoding, cancelled: Callable[[], bool] = never, *_more: object
    ) -> list[Caption]:
        self.begun.set()
        while not cancelled():
            pass
        self.ended.set()
        raise DecodingCancelledError


def test_nothing_goes_on_for_a_client_that_has_gone(wall: bytes) -> None:
    from earsight_server.ray_app import Looking

    captioner = Endless()

    async def ask() -> None:
        looking = Looking(CONFIG, lambda _config: Describer(captioner))
        asked = asyncio.create_task(looking.look(wall, LookRequest(), "en"))
        assert await asyncio.to_thread(captioner.begun.wait, PATIENCE)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    asyncio.run(ask())
    assert captioner.ended.wait(PATIENCE)


def test_refusals_and_faults_are_answers(wall: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Ray would write what is raised into a log, with all that it says."""
    from earsight_server.ray_app import Looking

    class Broken(Colours):
        def encode(self, _prepared: object) -> Encoding:
            raise ValueError("a private detail")

    async def ask() -> list[object]:
        looking = Looking(CONFIG, lambda _config: Describer(Broken()))
        return [
            await looking.look(photo, request, "en")
            for photo, request in ((b"no photo", LookRequest()), (wall, TEXT), (wall, LookRequest()))
        ]

    with caplog.at_level(logging.ERROR):
        told = asyncio.run(ask())
    statuses = [each.status for each in told if isinstance(each, RefusedError)]
    assert statuses == [
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.NOT_IMPLEMENTED,
        HTTPStatus.INTERNAL_SERVER_ERROR,
    ]
    assert "ValueError in " in caplog.text
    assert "private" not in caplog.text


def test_arguments_that_are_wrong_say_so() -> None:
    from earsight.errors import EarsightError
    from earsight_server.ray_app import build

    for arguments, complaint in (
        ({"confg": "earsight.yaml"}, "confg: Extra inputs"),
        ({"names": ["camera.example.org"]}, "needs a token"),
        ({"token": "/nowhere"}, "there is no token"),
        ({"config": "/nowhere.yaml"}, "no such file"),
    ):
        with pytest.raises(EarsightError, match=complaint):
            build(arguments)
