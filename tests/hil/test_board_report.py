"""script/board-report, where everything that a board has is plugged in."""

from __future__ import annotations

import json

from tests.hil.device import Device
from tests.hil.record import Scenario
from tests.hil.service import SETTINGS

_FOLDER = "/run/board-report"


def test_a_board_is_measured(device: Device, scenario: Scenario) -> None:
    """A whole board is measured: presses, camera, captions, sensors, and what the doctor finds."""
    device.use()
    device.service.stop()
    command = ["earsight", "board-report", "--presses", "2", "--captions", "2", "--config", SETTINGS]
    device.guest.run("mkdir", "-p", _FOLDER)
    done = device.guest.run(*command, "--out", _FOLDER, limit=900)
    scenario.took("the report", done.ended - done.began)
    report = json.loads(device.guest.read(f"{_FOLDER}/board-report.json"))
    presses = report["presses"]
    assert (presses["count"], presses["described"], presses["sound"]) == (2, 2, "sound device")
    assert 0 < presses["tone_ms"]["p50"] < presses["words_ms"]["p50"]
    assert report["camera"]["per_second"] > 0
    builtin, quick = report["bundles"]
    assert builtin["ratio"] > 0
    assert quick["bundle"] == "own"
    assert {"name": "camera", "status": "ok"} in report["doctor"]
    page = device.guest.read(f"{_FOLDER}/board-report.txt")
    for personal in ("/run", "/etc", device.sight()):
        assert personal not in page
