"""Another machine describes the pictures, and the network to it is cut in the middle of a press."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.earsight.words import english
from tests.hil.device import Device, settings
from tests.hil.inside.other_machine import ASKED, PORT, SLOW
from tests.hil.record import Scenario
from tests.hil.service import UNIT

_LIMIT = 4.0
"""Seconds that the settings give the other machine."""
_OWN_LIMIT = 3.0
"""Seconds for all else of a press, until its answer begins."""
_PAUSE = 12.0
"""Seconds after which a machine that has failed is tried again, and some."""
_NAME = "hil-other-machine"
_DROP_IN = f"/run/systemd/system/{UNIT}.d/15-network.conf"
_NETWORK = Path(__file__).parents[2] / "systemd/network.conf"
_LOOPBACK = """
import fcntl, socket, struct, sys
up = sys.argv[1] == "up"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
    fcntl.ioctl(asked, 0x8914, struct.pack("16sh", b"lo", 1 if up else 0))  # SIOCSIFFLAGS, IFF_UP
"""


@pytest.fixture
def asking(device: Device) -> Iterator[Device]:
    """The service asks a server in the guest, through the guest's loopback: that is the network to be cut."""
    guest = device.guest
    network(device, "up")
    guest.run("systemd-run", f"--unit={_NAME}", "python3", "/hil/inside/other_machine.py")
    guest.run("mkdir", "-p", _DROP_IN.rpartition("/")[0])
    guest.write(_DROP_IN, _NETWORK.read_text(encoding="utf-8").replace("@HOST@", "127.0.0.1"))
    guest.run("systemctl", "daemon-reload")
    remote = {"url": f"http://127.0.0.1:{PORT}/v1", "model": "hil", "time_limit": _LIMIT}
    device.service.begin_with(settings(captioner={"engine": "openai", "remote": remote}))
    yield device
    device.service.stop()
    network(device, "up")
    guest.run("rm", "-f", _DROP_IN, str(SLOW))
    guest.run("systemctl", "stop", _NAME, check=False)
    guest.run("systemctl", "daemon-reload")
    device.service.configure(settings())


def network(device: Device, state: str) -> None:
    device.guest.run("python3", "-c", _LOOPBACK, state)


def asked(device: Device) -> int:
    return int(device.guest.read(ASKED))


def cut_off_press(device: Device) -> float:
    """A press while the machine does not answer, in the middle of which the network goes: when."""
    device.guest.write(SLOW, "")
    before = asked(device)
    pressed = device.button.press()
    deadline = time.monotonic() + 20
    while asked(device) == before:
        assert time.monotonic() < deadline, "the other machine was not asked"
        time.sleep(0.05)
    network(device, "down")
    return pressed


def test_the_network_is_cut_in_the_middle_of_a_press(asking: Device, scenario: Scenario) -> None:
    """The device answers by itself, within the limit; says once that it is alone, and that help is back."""
    device = asking
    assert "a dog runs" in device.answer(device.button.press())
    for _ in range(2):
        pressed = cut_off_press(device)
        answered = device.service.wait_for("^answer: ", pressed, 60)
        scenario.took("press to the answer of the device itself", answered.at - pressed)
        assert answered.text == f"answer: {device.sight()}"
        assert answered.at - pressed <= device.within(_LIMIT + _OWN_LIMIT)
        network(device, "up")
    device.hears(english("remote.lost"), pressed)
    device.guest.run("rm", str(SLOW))
    before = asked(device)
    spared = device.button.press()
    assert device.answer(spared) == device.sight()
    assert asked(device) == before
    device.guest.run("sleep", str(_PAUSE))
    probing = device.button.press()
    assert device.answer(probing) == device.sight()
    device.hears(english("remote.back"), probing)
    assert "a dog runs" in device.answer(device.button.press())
