import asyncio

import pytest

from earsight.system import throttling, time_limits
from earsight.system.throttling import Throttling, ThrottlingMonitor, is_hot, temperature, throttled


def zone(folder, number, temp, kind="cpu-thermal", **trips):
    """A thermal zone as the kernel shows it; trips: type and temperature of each."""
    made = folder / f"thermal_zone{number}"
    made.mkdir(parents=True)
    (made / "temp").write_text(f"{temp}\n")
    (made / "type").write_text(f"{kind}\n")
    for at, (name, limit) in enumerate(trips.items()):
        (made / f"trip_point_{at}_type").write_text(f"{name}\n")
        (made / f"trip_point_{at}_temp").write_text(f"{limit}\n")
    return folder


@pytest.mark.parametrize(
    ("temp", "trips", "hot"),
    [
        (79_000, {}, False),
        (80_000, {}, True),
        (85_000, {"passive": 95_000, "critical": 110_000}, False),
        (96_000, {"passive": 95_000, "critical": 110_000}, True),
        (70_000, {"active": 50_000, "critical": 110_000}, False),  # a fan that runs
        (60_000, {"passive": 0}, False),  # a limit that is switched off
    ],
)
def test_a_zone_is_hot_from_its_own_limit_on(tmp_path, temp, trips, hot):
    assert is_hot(None, thermal=zone(tmp_path, 0, temp, **trips)) is hot


def test_sensors_that_lie_are_left_out(tmp_path):
    zone(tmp_path, 0, 100_000, kind="PMIC-Die")
    zone(tmp_path, 1, -274_000)
    zone(tmp_path, 2, "asleep")
    zone(tmp_path, 3, 41_000)
    assert not is_hot(None, thermal=tmp_path)
    assert temperature(tmp_path) == 41.0
    assert temperature(tmp_path / "none") is None


def test_a_hot_board_has_to_cool_down_a_little(tmp_path):
    thermal = zone(tmp_path, 0, 77_000)
    assert not is_hot(None, 0.0, thermal)
    assert is_hot(None, 5.0, thermal)


@pytest.mark.parametrize(
    ("bits", "hot"),
    [(0, False), (1, False), (2, True), (4, True), (8, False), (0xF0000, False), (None, False)],
)
def test_what_the_firmware_says_of_now_counts(tmp_path, bits, hot):
    assert is_hot(bits, thermal=tmp_path) is hot


def firmware(tmp_path, code):
    program = tmp_path / "vcgencmd"
    program.write_text(f"#!/bin/sh\n{code}\n")
    program.chmod(0o755)
    return str(program)


def test_the_firmware_is_asked_through_the_kernel_or_by_its_program(tmp_path):
    nowhere = tmp_path / "nowhere"
    assert asyncio.run(throttled(nowhere, str(nowhere))) is None
    program = firmware(tmp_path, 'echo "throttled=0x50005"')
    assert asyncio.run(throttled(nowhere, program)) == 0x50005
    driver = tmp_path / "platform" / "soc" / "soc:firmware"
    driver.mkdir(parents=True)
    (driver / "get_throttled").write_text("80002\n")
    assert asyncio.run(throttled(tmp_path / "platform", program)) == 0x80002
    (driver / "get_throttled").write_text("")
    assert asyncio.run(throttled(tmp_path / "platform", program)) == 0x50005


@pytest.mark.parametrize("code", ["echo VCHI initialization failed; exit 255", "sleep 60", "exit 1"])
def test_a_program_that_fails_or_hangs_says_nothing(tmp_path, monkeypatch, code):
    monkeypatch.setattr(time_limits, "FIRMWARE", 0.3)
    assert asyncio.run(throttled(tmp_path / "nowhere", firmware(tmp_path, f"exec {code}"))) is None


class Board:
    """What the firmware and a sensor whose limit is 80 degrees say, and what is made of it."""

    def __init__(self, monkeypatch):
        self.bits, self.degrees = 0, 50.0
        self.monitor = ThrottlingMonitor()

        async def bits():
            return self.bits

        monkeypatch.setattr(throttling, "throttled", bits)
        monkeypatch.setattr(throttling, "_zones", lambda _thermal: iter([(self.degrees, 80.0)]))

    def found(self, bits=0, degrees=50.0):
        self.bits, self.degrees = bits, degrees
        return asyncio.run(self.monitor.read())


def test_low_power_comes_and_goes_and_is_told_from_heat(monkeypatch):
    board = Board(monkeypatch)
    assert [board.found(bits) for bits in (0x0, 0x5, 0x4, 0x0)] == [None, *[Throttling.LOW_POWER] * 3]
    monkeypatch.setattr(time_limits, "POWER_LOW_LASTS", 0.0)
    board.found(0x1)
    assert board.found(0x4) is None, "slowed down, but not for heat"
    assert board.found(0x4, 78.0) is Throttling.HOT
    assert board.found(0x0, 50.0) is None


def test_a_hot_board_stays_hot_until_it_has_cooled_down_a_little(monkeypatch):
    board = Board(monkeypatch)
    assert [board.found(0, degrees) for degrees in (79, 81, 76, 74, 76)] == [
        None,
        Throttling.HOT,
        Throttling.HOT,
        None,
        None,
    ]
