"""The doctor and what everything runs on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from earsight.config.schema import Config
from earsight.doctor import board
from earsight.doctor.finding import Status
from tests.earsight.doctor.boards import config, found

NOBODY = 65534


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    folder = tmp_path / "dev"
    (folder / "snd").mkdir(parents=True)
    for name in ("video0", "video1", "snd/pcmC0D0p", "gpiochip0"):
        (folder / name).touch()
    return folder


def test_permissions_of_devices_that_may_be_used(dev: Path) -> None:
    finding = board.check_permissions(Config(), dev, user=NOBODY, may_use=lambda _: True)
    assert finding.status is Status.OK


def test_permissions_name_the_nodes_and_the_groups(dev: Path) -> None:
    settings = config(triggers={"button": {"pin": 17}})
    finding = board.check_permissions(settings, dev, user=NOBODY, may_use=lambda node: "pcm" in node.name)
    assert finding.status is Status.WARNING
    assert f"{dev}/video0, {dev}/gpiochip0" in finding.detail
    assert "usermod -aG" in finding.advice


def test_pins_need_no_permission_without_a_button(dev: Path) -> None:
    finding = board.check_permissions(
        Config(), dev, user=NOBODY, may_use=lambda node: "gpio" not in node.name
    )
    assert finding.status is Status.OK


def test_root_is_a_warning(dev: Path) -> None:
    assert board.check_permissions(Config(), dev, user=0).status is Status.WARNING


def thermal(folder: Path, *texts: str) -> Path:
    for number, text in enumerate(texts):
        zone = folder / f"thermal_zone{number}"
        zone.mkdir()
        (zone / "temp").write_text(text, encoding="ascii")
    return folder


def test_temperature_is_that_of_the_hottest_sensor(tmp_path: Path) -> None:
    finding = board.check_temperature(thermal(tmp_path, "41000\n", "not a number", "-274000\n", "52500\n"))
    assert finding == found("temperature", Status.OK, "52 degrees")


def test_heat_is_a_warning(tmp_path: Path) -> None:
    finding = board.check_temperature(thermal(tmp_path, "81200\n"))
    assert finding is not None
    assert finding.status is Status.WARNING


def test_a_board_without_sensors_reports_no_temperature(tmp_path: Path) -> None:
    assert board.check_temperature(tmp_path) is None
    assert board.check_temperature(thermal(tmp_path, "-274000\n")) is None


@pytest.mark.parametrize(
    ("bits", "said", "advised"),
    [
        (0x50005, "the voltage is too low, the processor is throttled", "power supply"),
        (
            0x50000,
            "the voltage has been too low since the start, the processor has been throttled since the start",
            "power supply",
        ),
        (0x20002, "the processor's speed is capped", "heat sink"),
        (0x80000, "the soft temperature limit was reached since the start", "heat sink"),
    ],
)
def test_power_bits(bits: int, said: str, advised: str) -> None:
    finding = board.power(bits)
    assert finding.status is Status.WARNING
    assert finding.detail == said
    assert advised in finding.advice


def firmware(folder: Path, answer: str) -> str:
    program = folder / "vcgencmd"
    program.write_text(f"#!/bin/sh\n[ $1 = get_throttled ] && echo '{answer}'\n", encoding="ascii")
    program.chmod(0o755)
    return str(program)


def test_power_asks_the_firmware(tmp_path: Path) -> None:
    finding = asyncio.run(board.check_power(firmware(tmp_path, "throttled=0x0")))
    assert finding is not None
    assert finding.status is Status.OK
    finding = asyncio.run(board.check_power(firmware(tmp_path, "throttled=0x1")))
    assert finding is not None
    assert "voltage" in finding.detail
    finding = asyncio.run(board.check_power(firmware(tmp_path, "VCHI initialization failed")))
    assert finding is not None
    assert finding.status is Status.WARNING
    assert "VCHI initialization failed" in finding.detail


def test_power_is_not_reported_without_the_firmware_program(tmp_path: Path) -> None:
    assert asyncio.run(board.check_power(str(tmp_path / "vcgencmd"))) is None


def test_memory(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    assert board.check_memory(meminfo) is None
    meminfo.write_text("MemTotal: 999999 kB\nMemAvailable:   500000 kB\n", encoding="ascii")
    assert board.check_memory(meminfo) == found("memory", Status.OK, "512 MB are left")
    meminfo.write_text("MemAvailable:   50000 kB\n", encoding="ascii")
    finding = board.check_memory(meminfo)
    assert finding is not None
    assert finding.status is Status.WARNING


def test_disk(tmp_path: Path) -> None:
    assert board.check_disk(tmp_path, little=0).status is Status.OK
    assert board.check_disk(tmp_path, little=1e30).status is Status.WARNING
