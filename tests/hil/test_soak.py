"""Hours of use: presses at random times, a fault every few minutes, and a look at what the process holds."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import asdict

import pytest

from tests.hil import photos
from tests.hil.conftest import REPORT
from tests.hil.device import Device
from tests.hil.leaks import ALLOWED, Holding, growth, holding
from tests.hil.record import Scenario

HOURS = float(os.environ.get("EARSIGHT_HIL_SOAK", "0"))

_BETWEEN_PRESSES = (5.0, 40.0)
_BETWEEN_FAULTS = 180.0
_FAULT_LASTS = (2.0, 15.0)


@pytest.mark.soak
def test_hours_of_use(device: Device, scenario: Scenario) -> None:
    """No press goes unanswered, nothing grows, and the process is the same at the end."""
    if not HOURS:
        pytest.skip("script/hil --soak HOURS runs this")
    chance = random.Random(6)
    device.use()
    process = device.service.process
    ends = time.monotonic() + HOURS * 3600
    next_fault = time.monotonic() + _BETWEEN_FAULTS
    holdings: list[Holding] = []
    missed: list[float] = []
    presses = faults = 0
    while time.monotonic() < ends:
        pressed = device.button.press(chance.uniform(0.08, 0.4))
        presses += 1
        if not _is_answered(device, pressed):
            missed.append(pressed)
        device.guest.run("sleep", f"{chance.uniform(*_BETWEEN_PRESSES):.1f}")
        assert device.service.process == process, "the process has ended, and nobody asked for it"
        holdings.append(holding(device.guest, process))
        if time.monotonic() >= next_fault:
            chance.choice(FAULTS)(device, chance.uniform(*_FAULT_LASTS))
            faults += 1
            next_fault = time.monotonic() + _BETWEEN_FAULTS
        _save(presses, faults, missed, holdings)
    scenario.took("hours", HOURS)
    assert not missed
    grown = growth(holdings)
    assert {name: by for name, by in grown.items() if by > ALLOWED[name]} == {}


def _is_answered(device: Device, pressed: float) -> bool:
    try:
        device.answer(pressed)
    except AssertionError:
        return False
    return True


def _camera_out(device: Device, seconds: float) -> None:
    device.camera.plug_out()
    device.guest.run("sleep", f"{seconds:.1f}")
    device.camera.plug_back_in()


def _camera_stalls(device: Device, seconds: float) -> None:
    device.camera.stall()
    device.guest.run("sleep", f"{seconds:.1f}")
    device.camera.go_on()


def _lens_covered(device: Device, seconds: float) -> None:
    device.camera.show(photos.covered())
    device.guest.run("sleep", f"{seconds:.1f}")
    device.camera.show(photos.photo(1))


def _core_gone(device: Device, seconds: float) -> None:
    core = "/sys/devices/system/cpu/cpu1/online"
    device.guest.write(core, "0")
    device.guest.run("sleep", f"{seconds:.1f}")
    device.guest.write(core, "1")


def _button_bounces(device: Device, seconds: float) -> None:  # noqa: ARG001
    device.button.bouncing_press()


FAULTS: tuple[Callable[[Device, float], None], ...] = (
    _camera_out,
    _camera_stalls,
    _lens_covered,
    _core_gone,
    _button_bounces,
)


def _save(presses: int, faults: int, missed: list[float], holdings: list[Holding]) -> None:
    record = {
        "presses": presses,
        "faults": faults,
        "missed": missed,
        "growth": growth(holdings) if len(holdings) >= 4 else {},
        "holdings": [asdict(one) for one in holdings],
    }
    (REPORT / "soak.json").write_text(json.dumps(record, indent=1))
