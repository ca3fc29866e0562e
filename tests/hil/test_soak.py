"""Hours of use: presses at random times, a fault every few minutes, and a look at what the process holds."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from operator import eq

import pytest

from tests.earsight.words import english
from tests.hil import photos
from tests.hil.conftest import REPORT
from tests.hil.device import Device
from tests.hil.guest import GuestError
from tests.hil.leaks import ALLOWED, ENOUGH, Holding, growth, holding
from tests.hil.record import Scenario

HOURS = float(os.environ.get("EARSIGHT_HIL_SOAK", "0"))

_BETWEEN_PRESSES = (5.0, 40.0)
_BETWEEN_FAULTS = 180.0
_FAULT_LASTS = (2.0, 15.0)
_BACK_AFTER = 8.0
"""Seconds after a fault from which on everything has to be as before."""


@dataclass
class _Record:
    """missed: presses without the answer that they should have had, and why. recoveries: seconds from the
    camera's return to the words."""

    presses: int = 0
    faults: int = 0
    missed: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)

    def save(self) -> None:
        grown = growth(self.holdings) if len(self.holdings) >= ENOUGH else {}
        (REPORT / "soak.json").write_text(json.dumps({"growth": grown, **asdict(self)}, indent=1))


@pytest.mark.soak
def test_hours_of_use(device: Device, scenario: Scenario) -> None:
    """No press goes unanswered, nothing grows, and the process is the same at the end."""
    if not HOURS:
        pytest.skip("script/hil --soak HOURS runs this")
    chance, record = random.Random(6), _Record()
    device.use()
    process = device.service.process
    ends = time.monotonic() + HOURS * 3600
    next_fault = time.monotonic() + _BETWEEN_FAULTS
    while time.monotonic() < ends:
        _press(device, record, chance.uniform(0.08, 0.4), partial(eq, device.sight()))
        device.guest.run("sleep", f"{chance.uniform(*_BETWEEN_PRESSES):.1f}")
        if time.monotonic() >= next_fault:
            _suffer(device, record, chance)
            next_fault = time.monotonic() + _BETWEEN_FAULTS
        assert device.service.process == process, "the process has ended, and nobody asked for it"
        record.holdings.append(holding(device.guest, process))
        record.save()
    for seconds in record.recoveries:
        scenario.took("camera back to the words, at most", seconds)
    assert not record.missed
    assert len(record.holdings) >= ENOUGH, "too short to tell whether anything grows"
    grown = growth(record.holdings)
    assert {name: by for name, by in grown.items() if by > ALLOWED[name]} == {}


def _press(device: Device, record: _Record, seconds: float, right: Callable[[str], bool]) -> None:
    """right: of an answer that was heard."""
    record.presses += 1
    try:
        said = device.answer(device.button.press(seconds))
        if not right(said):
            record.missed.append(f"wrong: {said!r}")
    except (AssertionError, GuestError) as error:
        record.missed.append(str(error))


def _suffer(device: Device, record: _Record, chance: random.Random) -> None:
    """A fault, a press in the midst of it, and a wait until it must be over for the wearer, too."""
    record.faults += 1
    fault, seen = chance.choice(FAULTS), device.sight()
    blind = fault in (_camera_out, _camera_stalls, _lens_covered)
    with fault(device):
        device.guest.run("sleep", f"{chance.uniform(*_FAULT_LASTS):.1f}")
        _press(device, record, 0.12, lambda said: said != seen if blind else bool(said))
    over = device.guest.now()
    if fault in (_camera_out, _camera_stalls) and device.service.times_said(
        english("camera.lost"), over - 40
    ):
        told = device.service.wait_for(f"^notice: {english('camera.back')}", over, 40)
        record.recoveries.append(round(told.at - over, 2))
    device.guest.run("sleep", str(_BACK_AFTER))


@contextmanager
def _camera_out(device: Device) -> Iterator[None]:
    device.camera.plug_out()
    yield
    device.camera.plug_back_in()


@contextmanager
def _camera_stalls(device: Device) -> Iterator[None]:
    device.camera.stall()
    yield
    device.camera.go_on()


@contextmanager
def _lens_covered(device: Device) -> Iterator[None]:
    device.camera.show(photos.covered())
    yield
    device.camera.show(1)


@contextmanager
def _core_gone(device: Device) -> Iterator[None]:
    device.take_a_core()
    yield
    device.give_the_core_back()


@contextmanager
def _other_work(device: Device) -> Iterator[None]:
    device.guest.run("systemd-run", "--quiet", "--unit=hil-busy", "sh", "-c", "while :; do :; done")
    yield
    device.guest.run("systemctl", "stop", "hil-busy")


FAULTS: tuple[Callable[[Device], AbstractContextManager[None]], ...] = (
    _camera_out,
    _camera_stalls,
    _lens_covered,
    _core_gone,
    _other_work,
)
