"""The page and the API as script/install --server puts them beside the device's own service."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from PIL import Image as Picture
from PIL import ImageOps

from tests.hil import quick_model
from tests.hil.camera import HEIGHT, WIDTH
from tests.hil.device import BUNDLE, SETTINGS, Device
from tests.hil.photos import photo
from tests.hil.record import Scenario

UNIT = "earsight-server.service"

_LIMIT = 120.0
"""Seconds until it answers: emulated, the imports alone take half a minute."""

_PHOTO, _SETTINGS = "/hil/asked.png", "/run/hil-server.yaml"
_DROP_IN = f"/run/systemd/system/{UNIT}.d"

_ASK = f"""
import urllib.request
picture = open({_PHOTO!r}, "rb").read()
address, kind = "http://127.0.0.1:8000/v1/describe", {{"Content-Type": "image/png"}}
request = urllib.request.Request(address, picture, kind)
print(urllib.request.urlopen(request, timeout=60).read().decode())
"""


@pytest.fixture
def server(device: Device) -> Iterator[Device]:
    """Started, with a model that an emulated processor is quick enough for. It doesn't start by itself:
    no other scenario is to wait for it."""
    device.use()
    guest = device.guest
    fitted = ImageOps.fit(Picture.open(photo(1)).convert("RGB"), (WIDTH, HEIGHT))
    fitted.save(guest.shared / "asked.png")
    sections = {name: SETTINGS[name] for name in ("captioner", "objects", "text")}
    guest.write(_SETTINGS, yaml.safe_dump(sections))
    guest.run("chmod", "-R", "a+rX", BUNDLE, _SETTINGS)
    guest.run("mkdir", "-p", _DROP_IN)
    serve = f"/opt/earsight/venv/bin/earsight serve --config {_SETTINGS}"
    guest.write(f"{_DROP_IN}/emulated.conf", f"[Service]\nExecStart=\nExecStart={serve}\n")
    guest.shell(f"systemctl daemon-reload; systemctl start {UNIT}", limit=_LIMIT + 60)
    yield device
    guest.shell(f"systemctl stop {UNIT}; rm -r {_DROP_IN} {_SETTINGS}; systemctl daemon-reload")


def _shown(device: Device, name: str, unit: str = UNIT) -> str:
    return device.guest.run("systemctl", "show", "--value", f"--property={name}", unit).output.strip()


def _described(device: Device) -> dict[str, Any]:
    done = device.guest.run("python3", "-c", _ASK, limit=90)
    answer: dict[str, Any] = json.loads(done.output)
    return answer


def test_the_server_beside_the_device(server: Device, scenario: Scenario) -> None:
    """It answers in the device alone, comes back after its death, and the device's service stays offline."""
    assert _described(server)["said"] == quick_model.sentence(1)
    guest = server.guest
    lines = guest.run("systemd-analyze", "security", "--no-pager", UNIT).output
    exposure = re.search(rf"exposure level for {UNIT}: ([\d.]+)", lines)
    assert exposure
    assert float(exposure[1]) <= 2.0, lines
    first = _shown(server, "MainPID")
    killed = guest.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", UNIT).began
    until = time.monotonic() + _LIMIT
    while _shown(server, "ActiveState") != "active" or _shown(server, "MainPID") == first:
        assert time.monotonic() < until, "it does not come back"
        time.sleep(1)
    scenario.took("death to ready", guest.now() - killed)
    assert _described(server)["said"] == quick_model.sentence(1)
    assert _shown(server, "PrivateNetwork", "earsight.service") == "yes"
    networks = [
        guest.run("readlink", f"/proc/{process}/ns/net").output.strip()
        for process in (server.service.process, _shown(server, "MainPID"))
    ]
    assert networks[0] != networks[1]
    server.described()
