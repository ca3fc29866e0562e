"""What the kernel tells of input devices, from files as it has them."""

import os
import time
from pathlib import Path

import pytest

from earsight.triggers import input_device
from earsight.triggers.input_device import ConnectedDevices, InputDevice, input_devices
from tests.earsight.triggers.rigs import FakeInputDevice


def listed(folder, number, name, bus, keys):
    about = folder / f"event{number}" / "device"
    (about / "id").mkdir(parents=True)
    (about / "capabilities").mkdir()
    (about / "name").write_text(f"{name}\n")
    (about / "id/bustype").write_text(f"{bus}\n")
    (about / "capabilities/key").write_text(f"{keys}\n")


def test_devices_with_their_names_and_keys(tmp_path):
    listed(tmp_path, 10, "vc4-hdmi-0", "001e", "10000000000000 0 0")
    listed(tmp_path, 2, "AB Shutter3 Consumer Control", "0005", "c000000000000 0")
    listed(tmp_path, 3, "a mouse", "0003", "0")
    (tmp_path / "mouse0").mkdir()
    (tmp_path / "event4").mkdir()  # just going
    found = input_devices(tmp_path, Path("/dev/input"))
    assert [(str(device.node), device.name, device.bluetooth, device.keys) for device in found] == [
        ("/dev/input/event2", "AB Shutter3 Consumer Control", True, {114, 115}),
        ("/dev/input/event3", "a mouse", False, set()),
        ("/dev/input/event10", "vc4-hdmi-0", False, {52 + 128}),
    ]


def test_they_are_looked_for_again_only_when_there_are_other_files(tmp_path, monkeypatch):
    looks = []
    monkeypatch.setattr(input_device, "DEVICES", tmp_path / "input")
    monkeypatch.setattr(input_device, "input_devices", lambda: looks.append(1) or [f"look {len(looks)}"])
    connected = ConnectedDevices()
    assert connected() == []  # no such folder: nothing to look at
    (tmp_path / "input").mkdir()
    assert connected() == connected() == ["look 1"]
    (tmp_path / "input/event0").touch()
    assert connected() == connected() == ["look 2"]
    (tmp_path / "input/event0").rename(tmp_path / "gone")
    time.sleep(0.01)
    assert connected() == ["look 3"]


def test_this_machine_can_be_asked():
    assert isinstance(input_devices(), list)


@pytest.fixture
def device(tmp_path, monkeypatch):
    monkeypatch.setattr(input_device.fcntl, "ioctl", lambda *_: 0)
    return FakeInputDevice(tmp_path / "event0", "a pedal", {30})


def test_events(device):
    opened = InputDevice(device.info)
    assert opened.read() == []
    device.move(30, True, 12.25)
    device.event(1, 30, 2, 12.5)  # the key repeats while it is held
    device.event(4, 4, 458756, 12.5)  # its scan code
    device.move(30, False, 13.0)
    assert [(event.at, event.code, event.down) for event in opened.read()] == [
        (12.25, 30, True),
        (13.0, 30, False),
    ]
    device.event(0, 3, 0, 14.0)
    assert [(event.at, event.code) for event in opened.read()] == [(14.0, None)]
    device.unplug()
    with pytest.raises(OSError, match="No such device"):
        opened.read()
    opened.close()


def test_one_whose_clock_can_not_be_set_is_given_back(device, monkeypatch):
    def refuse(*_):
        raise OSError("no")

    monkeypatch.setattr(input_device.fcntl, "ioctl", refuse)
    before = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with pytest.raises(OSError, match="no"):
        InputDevice(device.info)
    assert sorted(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_keys_that_are_down_now(device, monkeypatch):
    opened = InputDevice(device.info)
    bits = bytearray(96)
    for code in (30, 767):
        bits[code // 8] |= 1 << code % 8
    monkeypatch.setattr(input_device.fcntl, "ioctl", lambda _fd, _request, into: bytes(bits[: len(into)]))
    assert [opened.is_down({code}) for code in (0, 29, 30, 31, 766, 767)] == [
        False,
        False,
        True,
        False,
        False,
        True,
    ]
    assert opened.is_down({29, 767})
    opened.close()


def test_it_is_grabbed_once(device, monkeypatch):
    """A second time the kernel would say that somebody has grabbed it."""
    opened = InputDevice(device.info)
    asked = []
    monkeypatch.setattr(input_device.fcntl, "ioctl", lambda *what: asked.append(what))
    opened.grab()
    opened.grab()
    assert asked == [(opened.fd, 0x40044590, 1)]
    opened.close()


def test_the_last_key_there_can_be(tmp_path):
    listed(tmp_path, 0, "all keys", "0003", " ".join(["ffffffffffffffff"] * 12))
    assert input_devices(tmp_path)[0].keys == set(range(768))
