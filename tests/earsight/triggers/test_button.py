"""A button on gpiozero's own mock pins, which report edges on the thread that drives them, like a board."""

import asyncio
import builtins
import gc
import threading

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from earsight.triggers import pins
from earsight.triggers.button import ButtonTrigger
from earsight.triggers.chips import NoHeaderError
from earsight.triggers.gestures import GestureRecognizer, GestureTimes
from earsight.triggers.trigger import ButtonDown, TriggerError

PIN = 17


@pytest.fixture
def pin(monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory.pin(PIN)
    factory.close()


def trigger(notices=None, pull_up=True, **times):
    times = {"long_press": 0.25, "double_window": 0.1, "very_long_press": 30.0, "stuck_after": 60.0} | times
    notices = [] if notices is None else notices
    recognizer = GestureRecognizer(GestureTimes(**times))
    return ButtonTrigger(PIN, pull_up, 0.005, recognizer, lambda: notices.append("stuck"))


def on_thread(*actions):
    thread = threading.Thread(target=lambda: [action() for action in actions])
    thread.start()
    thread.join()


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the conditions are of many kinds
            await asyncio.sleep(0.005)


def played(trigger, script):
    """The gestures that come while `script`, given the presses so far, drives the pin."""

    async def main():
        presses = []
        task = asyncio.create_task(trigger.run(presses.append))
        await until(listening)
        await script(presses)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return ["down" if isinstance(event, ButtonDown) else str(event.gesture) for event in presses]

    def listening():
        factory = gpiozero.Device.pin_factory
        refs = [ref for refs in factory._reservations.values() for ref in refs] if factory else []
        devices = [ref() for ref in refs]
        return any(device and device.when_deactivated for device in devices)

    return asyncio.run(main())


def test_short_with_bouncing_contacts(pin):
    async def script(presses):
        on_thread(pin.drive_low, pin.drive_high, pin.drive_low)
        await asyncio.sleep(0.05)
        on_thread(pin.drive_high, pin.drive_low, pin.drive_high)
        await until(lambda: len(presses) >= 2)
        await asyncio.sleep(0.15)

    assert played(trigger(double_window=0.1, long_press=10.0), script) == ["down", "short"]


def test_double(pin):
    async def script(presses):
        for edge in (pin.drive_low, pin.drive_high, pin.drive_low, pin.drive_high):
            on_thread(edge)
            await asyncio.sleep(0.02)
        await until(lambda: len(presses) >= 2)

    assert played(trigger(long_press=10.0, double_window=5.0), script) == ["down", "double"]


def test_long_comes_while_held(pin):
    async def script(presses):
        on_thread(pin.drive_low)
        await until(lambda: len(presses) >= 2)

    assert played(trigger(), script) == ["down", "long"]


def test_a_button_to_3_3_volts(pin):
    async def script(presses):
        on_thread(pin.drive_high)
        await until(lambda: len(presses) >= 2)

    assert played(trigger(pull_up=False), script) == ["down", "long"]


def test_stuck_is_told_once_and_the_button_lives_on(pin):
    notices = []

    async def script(presses):
        on_thread(pin.drive_low)
        await until(lambda: notices)
        await asyncio.sleep(0.1)
        on_thread(pin.drive_high)
        await asyncio.sleep(0.05)
        on_thread(pin.drive_low)
        await until(lambda: len(presses) >= 4)

    assert played(trigger(notices, very_long_press=0.28, stuck_after=0.3), script)[:4] == [
        "down",
        "long",
        "very_long",
        "down",
    ]
    assert notices == ["stuck"]


@pytest.mark.parametrize("turns", range(8))
@pytest.mark.usefixtures("pin")
def test_cancelled_at_any_moment_the_pin_is_given_back(turns):
    async def main():
        task = asyncio.create_task(trigger().run(lambda _: None))
        for _ in range(turns):
            await asyncio.sleep(0.002 if turns > 4 else 0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    gpiozero.DigitalInputDevice(PIN).close()


def run_fails(trigger):
    with pytest.raises(TriggerError) as caught:
        asyncio.run(asyncio.wait_for(trigger.run(lambda _: None), 20))
    assert "\n" not in str(caught.value)
    assert "triggers.button.pin" in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("pin")
def test_a_pin_in_use():
    with gpiozero.DigitalInputDevice(PIN):
        assert "another" in run_fails(trigger())


@pytest.mark.usefixtures("pin")
def test_a_pin_that_another_program_had_can_be_had_when_it_lets_go(monkeypatch):
    """lgpio finds out as gpiozero makes the pin, after it has reserved it for a device that never is."""

    def busy(*_):
        raise OSError("'GPIO busy'")

    async def main():
        with monkeypatch.context() as held:
            held.setattr(gpiozero.Device.pin_factory, "pin", busy)
            with pytest.raises(TriggerError, match="another program"):
                await trigger().run(lambda _: None)
        listening = asyncio.Event()
        task = asyncio.create_task(trigger().run(lambda _: None, listening.set))
        await asyncio.wait({task, asyncio.create_task(listening.wait())}, return_when="FIRST_COMPLETED")
        assert listening.is_set(), task.exception()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    gc.disable()  # it may be long in coming
    try:
        asyncio.run(main())
    finally:
        gc.enable()


def test_without_gpiozero(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "gpiozero":
            raise ImportError("No module named 'gpiozero'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert "pip install" in run_fails(trigger())


def test_without_lgpio_there_is_no_silent_fallback(monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "lgpio", None)
    assert "install lgpio" in run_fails(trigger())
    assert gpiozero.Device.pin_factory is None


def test_an_unknown_pin_factory(monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "nonsense")
    assert "GPIOZERO_PIN_FACTORY" in run_fails(trigger())


def test_the_factory_of_the_environment_is_used_and_closed(monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")

    async def script(presses):
        factory = gpiozero.Device.pin_factory
        assert isinstance(factory, MockFactory)
        factory.pin(PIN).drive_low()
        await until(lambda: presses)

    assert played(trigger(long_press=10.0), script) == ["down"]
    assert gpiozero.Device.pin_factory is None


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (PermissionError(13, "Permission denied"), "group gpio"),
        (Exception("'can not open gpiochip'"), "group gpio"),
        (Exception("'GPIO busy'"), "another program"),
        (FileNotFoundError(2, "No such file or directory", ".lgd-nfy-3"), "may write to"),
        (gpiozero.exc.PinUnknownPi("unknown"), "triggers.button to null"),
        (gpiozero.exc.PinInvalidPin("GPIO99 is not a valid pin name"), "no such line"),
        (Exception("'bad GPIO'"), "no such line"),
        (NoHeaderError("no header"), "unless this is a Raspberry Pi, set triggers.button to null"),
        (OSError("odd"), "lgpio"),
    ],
)
def test_advice(error, advice):
    assert advice in pins._advice(PIN, error, "triggers.button")


def test_the_second_of_two_buttons_outlives_the_first(monkeypatch):
    """They share gpiozero's pin factory, whoever made it."""
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    first, second = pins.Pin(PIN, True, "triggers.button"), pins.Pin(27, True, "triggers.second_button")
    factory = gpiozero.Device.pin_factory
    first.close()
    ups_and_downs = []
    second.watch(ups_and_downs.append)
    factory.pin(27).drive_low()
    assert ups_and_downs == [True]
    with pytest.raises(TriggerError, match=r"triggers\.button\.pin: GPIO 27"):
        pins.Pin(27, True, "triggers.button")
    second.close()
    assert gpiozero.Device.pin_factory is None
