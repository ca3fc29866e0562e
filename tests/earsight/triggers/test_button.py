"""A button on gpiozero's own mock pins, which report edges on the thread that drives them, like a board."""

import asyncio
import threading
import time
from functools import partial

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from earsight.config.triggers import GpiozeroButton
from earsight.triggers.button import ButtonTrigger
from earsight.triggers.gestures import GestureRecognizer, GestureTimes
from earsight.triggers.gpiozero_line import GpiozeroLine
from earsight.triggers.trigger import ButtonDown, Gesture

PIN = 17


@pytest.fixture
def pin(monkeypatch):
    factory = MockFactory()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)
    yield factory.pin(PIN)
    factory.close()


def trigger(notices=None, pull_up=True, debounce=0.005, **times):
    times = {"long_press": 0.25, "double_window": 0.1, "very_long_press": 30.0, "stuck_after": 60.0} | times
    notices = [] if notices is None else notices
    section = GpiozeroButton(pin=PIN, pull_up=pull_up)
    recognizer = GestureRecognizer(GestureTimes(**times))
    return ButtonTrigger(
        partial(GpiozeroLine, section, "triggers.button"),
        debounce,
        recognizer,
        lambda: notices.append("stuck"),
    )


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
        await asyncio.sleep(0.5)
        on_thread(pin.drive_high, pin.drive_low, pin.drive_high)
        await until(lambda: len(presses) >= 2)
        await asyncio.sleep(0.5)

    # On a busy machine, edges that follow at once may come late.
    button = trigger(debounce=0.2, double_window=0.4, long_press=10.0)
    assert played(button, script) == ["down", "short"]


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


class HeldUp:
    """A line whose edges were there before the loop came to them."""

    name = "a line"

    def watch(self, moved, _lost, /):
        self.moved = moved

    def is_down(self):
        return False

    def close(self):
        pass


def test_an_edge_that_waited_in_a_loop_that_was_held_up_comes_before_the_alarm():
    """The wearer let go in time: that the board was busy makes no long press of it."""
    line, events = HeldUp(), []
    recognizer = GestureRecognizer(GestureTimes(0.2, 0.0, 5.0, 9.0))

    async def main():
        task = asyncio.create_task(
            ButtonTrigger(lambda: line, 0.0, recognizer, lambda: None).run(events.append)
        )
        await until(lambda: hasattr(line, "moved"))
        down = time.monotonic()
        line.moved(down, True)
        await asyncio.sleep(0.05)
        asyncio.get_running_loop().call_soon(line.moved, down + 0.1, False)
        time.sleep(0.3)  # noqa: ASYNC251 - that is what it is about
        await until(lambda: len(events) == 2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    assert events[1].gesture is Gesture.SHORT
