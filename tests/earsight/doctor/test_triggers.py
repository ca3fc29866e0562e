"""The doctor, buttons and the control socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from earsight.config.schema import Config
from earsight.doctor import triggers
from earsight.doctor.finding import Finding, Status
from earsight.triggers import key_line
from earsight.triggers.control import ControlServer
from tests.earsight.doctor.boards import config, found
from tests.earsight.triggers.rigs import GpiodRig, KeyRig

Check = Callable[[Config, Path], Awaitable[Finding | None]]


def test_no_button_is_fine(tmp_path: Path) -> None:
    finding = asyncio.run(triggers.check_button(Config(), tmp_path / "none"))
    assert finding == found("button", Status.OK, "not configured")


@pytest.fixture
def mock_pins(monkeypatch: pytest.MonkeyPatch):
    gpiozero = pytest.importorskip("gpiozero")
    from gpiozero.pins.mock import MockFactory

    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory
    factory.reset()


@pytest.mark.usefixtures("mock_pins")
def test_a_button_that_is_up(tmp_path: Path) -> None:
    settings = config(triggers={"button": {"pin": 17}})
    finding = asyncio.run(triggers.check_button(settings, tmp_path / "none"))
    assert finding == found("button", Status.OK, "GPIO 17 is ready")


def test_a_button_that_is_held_down_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gpiozero = pytest.importorskip("gpiozero")
    from gpiozero.pins.mock import MockFactory, MockPin

    class Held(MockPin):
        def _set_pull(self, value: str) -> None:
            super()._set_pull(value)
            self._change_state(value != "up")

    monkeypatch.setattr(gpiozero.Device, "pin_factory", MockFactory(pin_class=Held))
    settings = config(triggers={"button": {"pin": 17}})
    finding = asyncio.run(triggers.check_button(settings, tmp_path / "none"))
    assert finding.status is Status.WARNING
    assert "held down" in finding.detail


@pytest.mark.usefixtures("mock_pins")
def test_a_pin_that_is_taken_is_a_failure(tmp_path: Path) -> None:
    from gpiozero import LED

    with LED(17):
        finding = asyncio.run(
            triggers.check_button(config(triggers={"button": {"pin": 17}}), tmp_path / "none")
        )
    assert finding.status is Status.FAILURE
    assert "GPIO 17" in finding.detail


@pytest.fixture
def pedal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KeyRig:
    rig = KeyRig(monkeypatch, tmp_path)
    monkeypatch.setattr(key_line, "ConnectedDevices", lambda: rig.find)
    return rig


PEDAL = config(triggers={"keys": {"pedal": {"key": "KEY_PLAYPAUSE", "device": "FootSwitch"}}})


def checked(check: Check, settings: Config, tmp_path: Path) -> Finding:
    finding = asyncio.run(check(settings, tmp_path / "none"))
    assert finding is not None
    return finding


def test_keys(pedal: KeyRig, tmp_path: Path) -> None:
    finding = checked(triggers.check_keys, PEDAL, tmp_path)
    assert finding == found("keys", Status.OK, "KEY_PLAYPAUSE of FootSwitch is ready")
    pedal.devices[0].down.add(KeyRig.CODE)
    finding = checked(triggers.check_keys, PEDAL, tmp_path)
    assert finding.status is Status.WARNING
    assert "held down" in finding.detail
    assert "wires" not in finding.advice
    pedal.unplug()
    finding = checked(triggers.check_keys, PEDAL, tmp_path)
    assert finding.status is Status.WARNING
    assert "the device FootSwitch is not connected" in finding.detail
    assert "connect it" in finding.advice


def test_without_keys_there_is_nothing_to_check(tmp_path: Path) -> None:
    assert asyncio.run(triggers.check_keys(Config(), tmp_path / "none")) is None


def test_a_line_of_any_board(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rig = GpiodRig(monkeypatch, tmp_path)
    settings = config(triggers={"button": {"driver": "gpiod", "line": "PN.01"}})
    finding = checked(triggers.check_button, settings, tmp_path)
    assert finding == found("button", Status.OK, "GPIO line PN.01 is ready")
    assert rig.requests[-1].released
    rig.chips["/dev/gpiochip0"] = {}
    finding = checked(triggers.check_button, settings, tmp_path)
    assert finding.status is Status.FAILURE
    assert "gpioinfo" in finding.detail


def test_of_two_buttons_the_worse_one_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    GpiodRig(monkeypatch, tmp_path)
    both = {"button": {"driver": "gpiod", "line": "PN.01"}, "second_button": {"driver": "gpiod", "line": "X"}}
    finding = checked(triggers.check_button, config(triggers=both), tmp_path)
    assert finding.status is Status.FAILURE
    assert "triggers.second_button" in finding.detail
    both["second_button"]["line"] = "PN.02"
    finding = checked(triggers.check_button, config(triggers=both), tmp_path)
    assert finding.detail == "GPIO line PN.01 is ready, GPIO line PN.02 is ready"


def test_the_socket_of_a_running_service(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def examined() -> Finding:
        server = asyncio.create_task(ControlServer(path).run(lambda _: None))
        while not path.exists():  # noqa: ASYNC110 - a file sets no event
            await asyncio.sleep(0.01)
        try:
            return await asyncio.to_thread(triggers.check_control_socket, path)
        finally:
            server.cancel()

    finding = asyncio.run(examined())
    assert finding.status is Status.OK
    assert "is running" in finding.detail


def test_a_socket_that_can_be_made_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "control.sock"
    finding = triggers.check_control_socket(path)
    assert finding.status is Status.OK
    assert "no service is running" in finding.detail
    assert not path.parent.exists()


@pytest.mark.parametrize("path", ["/none/at/all/control.sock", f"/tmp/{'x' * 120}"])
def test_a_socket_that_cannot_be_made(path: str) -> None:
    finding = triggers.check_control_socket(Path(path))
    assert finding.status is Status.FAILURE
    assert "triggers.control_socket" in finding.advice
