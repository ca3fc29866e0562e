"""A device whose engine is `server` asks this very server."""

from __future__ import annotations

import pytest

from earsight.captioners.remote.captioner import RemoteCaptioner
from earsight.captioners.remote.earsight_server import EarsightServer
from earsight.captioners.remote.transport import Transport
from earsight_server.settings import Limits
from tests.earsight.stand_ins import painted
from tests.earsight_server.conftest import Colours
from tests.earsight_server.live import PATIENCE, served


@pytest.mark.parametrize("language", ["en", "id"])
def test_its_captions_are_the_servers_and_as_sure(language: str) -> None:
    of_device, of_server = Colours(), Colours()
    of_device.words = "what the device sees"
    of_server.confidence = 0.75
    of_server.words = {"en": "a blue wall", "id": "dinding biru"}[language]
    with served(Limits(), of_server) as port:
        server = EarsightServer(Transport(f"http://127.0.0.1:{port}"))
        device = RemoteCaptioner(of_device, server, PATIENCE)
        encoding = device.encode(device.prepare(painted("blue", 480, 640)))
        (caption,) = device.describe(encoding, language=language)
        assert device.on_its_own is None
        device.close()
    assert (caption.text, caption.confidence, caption.language) == (of_server.words, 0.75, language)
