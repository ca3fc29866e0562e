"""gpiozero's pins: what is wrong with one, and the pin factory that they share."""

import builtins
import gc

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from earsight.config.triggers import GpiozeroButton
from earsight.triggers import gpiozero_line
from earsight.triggers.chips import NoHeaderError
from earsight.triggers.gpiozero_line import GpiozeroLine
from earsight.triggers.trigger import TriggerError

PIN = 17


def line(pin=PIN, key="triggers.button"):
    return GpiozeroLine(GpiozeroButton(pin=pin), key)


def refused(**which):
    with pytest.raises(TriggerError) as caught:
        line(**which)
    assert "\n" not in str(caught.value)
    assert "triggers.button.pin" in str(caught.value)
    return str(caught.value)


@pytest.fixture
def factory(monkeypatch):
    made = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", made)
    yield made
    made.close()


@pytest.mark.usefixtures("factory")
def test_a_pin_in_use():
    with gpiozero.DigitalInputDevice(PIN):
        assert "another program" in refused()


def test_a_pin_that_another_program_had_can_be_had_when_it_lets_go(factory, monkeypatch):
    """lgpio finds out as gpiozero makes the pin, after it has reserved it for a device that never is."""

    def busy(*_):
        raise OSError("'GPIO busy'")

    gc.disable()  # it may be long in coming
    try:
        with monkeypatch.context() as held:
            held.setattr(factory, "pin", busy)
            assert "another program" in refused()
        line().close()
    finally:
        gc.enable()


def test_without_gpiozero(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "gpiozero":
            raise ImportError("No module named 'gpiozero'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "pip install" in refused()


def test_without_lgpio_there_is_no_silent_fallback(monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "lgpio", None)
    assert "install lgpio" in refused()
    assert gpiozero.Device.pin_factory is None


def test_an_unknown_pin_factory(monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "nonsense")
    assert "GPIOZERO_PIN_FACTORY" in refused()


def test_the_factory_of_the_environment_is_used_and_closed(monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    opened = line()
    assert isinstance(gpiozero.Device.pin_factory, MockFactory)
    assert not opened.is_down()
    gpiozero.Device.pin_factory.pin(PIN).drive_low()
    assert opened.is_down()
    opened.close()
    assert gpiozero.Device.pin_factory is None


def test_the_second_of_two_pins_outlives_the_first(monkeypatch):
    """They share gpiozero's pin factory, whoever made it."""
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    first, second = line(), line(27, "triggers.second_button")
    first.close()
    gpiozero.Device.pin_factory.pin(27).drive_low()
    assert second.is_down()
    assert "GPIO 27" in refused(pin=27)
    second.close()
    assert gpiozero.Device.pin_factory is None


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (PermissionError(13, "Permission denied"), "group gpio"),
        (Exception("'can not open gpiochip'"), "group gpio"),
        (Exception("'GPIO busy'"), "another program"),
        (FileNotFoundError(2, "No such file or directory", ".lgd-nfy-3"), "may write to"),
        (gpiozero.exc.PinUnknownPi("unknown"), "set triggers.button.driver to gpiod"),
        (gpiozero.exc.PinInvalidPin("GPIO99 is not a valid pin name"), "no such line"),
        (Exception("'bad GPIO'"), "no such line"),
        (NoHeaderError("no header"), "unless this is a Raspberry Pi, set triggers.button.driver to gpiod"),
        (OSError("odd"), "lgpio"),
    ],
)
def test_advice(error, advice):
    assert advice in gpiozero_line._advice(PIN, error, "triggers.button")
