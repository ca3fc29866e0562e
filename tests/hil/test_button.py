"""The button: its contacts, its cable, and the second one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from earsight.message import message
from tests.earsight.words import english
from tests.hil.button import PI_4, PI_5, PIN, SECOND_PIN
from tests.hil.device import CUT_OFF, Device, settings
from tests.hil.leaks import holding
from tests.hil.record import Scenario


@pytest.mark.core
def test_contacts_that_bounce(device: Device) -> None:
    """A press whose contacts bounce is one press."""
    device.use(triggers={"button": {"pin": PIN, "debounce": 0.2}})
    device.described()
    device.camera.show(1)
    pressed = device.button.bouncing_press()
    assert device.answer(pressed) == device.sight()  # a double one would have repeated the other
    device.guest.run("sleep", "2")
    answers = [line for line in device.service.journal(pressed) if line.text.startswith("answer: ")]
    assert len(answers) == 1


@pytest.mark.core
def test_twice_repeats(device: Device) -> None:
    """Two quick presses say the last description again."""
    device.use()
    _, said = device.described()
    device.camera.show(1)
    assert device.answer(device.button.double_press()).endswith(said)  # with its age, on a slow machine


@pytest.mark.core
def test_stuck_down(device: Device, scenario: Scenario) -> None:
    """A button that is stuck down is told once, then ignored; when it comes up it works again."""
    device.use(gestures={"stuck_after": 8.0})
    down = device.button.hold()
    stuck = english("part.stuck", part=message("part.button"))
    told = device.hears(stuck, down, 60).at
    scenario.took("down to the words", told - down)
    device.guest.run("sleep", "10")
    assert device.service.times_said(stuck, down) == 1
    device.button.release()
    device.guest.run("sleep", "2")
    assert not [line for line in device.service.journal(told) if line.text.startswith("answer: ")]
    device.described()


def test_a_press_while_speaking(device: Device) -> None:
    """A press ends what is being said, and gets an answer of its own."""
    device.use()
    said = device.described_at_length()
    device.camera.show(1)
    again = device.button.double_press()
    device.begins(said, again)
    assert device.answer(device.button.press()) == device.sight()
    assert device.share_heard(said, again) < CUT_OFF


def test_many_presses(device: Device) -> None:
    """Ten presses in six seconds: the last one is answered, and nothing is left behind."""
    device.use()
    process = device.service.process
    assert device.answer(device.button.presses(10)) == device.sight()
    assert device.service.process == process
    assert holding(device.guest, process).children == 0


Lacking = Callable[[Device], AbstractContextManager[None]]


@contextmanager
def _absent(device: Device) -> Iterator[None]:
    """As with a driver that is late. The line of another chip must not be taken for it."""
    device.header.detach()
    device.header.put_another()
    try:
        yield
    finally:
        device.header.attach()
        device.header.take_other_away()


@contextmanager
def _held(device: Device) -> Iterator[None]:
    """By another program."""
    chip = device.header.chip.removeprefix("gpiochip")
    hold = f"import lgpio, time; lgpio.gpio_claim_input(lgpio.gpiochip_open({chip}), {PIN}); time.sleep(1e6)"
    thief = ("systemd-run", "--quiet", "--unit=hil-thief", "/opt/earsight/venv/bin/python", "-c", hold)
    device.guest.run(*thief)
    device.guest.run("sleep", "3")  # until it has it
    try:
        yield
    finally:
        device.guest.run("systemctl", "stop", "hil-thief")


@pytest.mark.parametrize("lacking", [_absent, _held], ids=["absent", "held"])
def test_the_pin_comes_later(device: Device, scenario: Scenario, lacking: Lacking) -> None:
    """The pin can't be had when the service starts: said, tried again, and said to work."""
    device.service.stop()
    with lacking(device):
        device.service.configure(settings())
        began = device.service.start_without_waiting()
        device.hears(english("part.not_working", part=message("part.button")), began, 120)
        device.service.wait_for_state("active", 120)
    there = device.guest.now()
    works = device.hears(english("part.working_again", part=message("part.button")), there, 60)
    scenario.took("pin there to the words", works.at - there)
    device.described()


def test_a_raspberry_pi_5(device: Device) -> None:
    """A board with another header chip, which is not the first: it is found by its label."""
    device.service.stop()
    device.header.detach()
    device.header.put_another()
    device.header.become(PI_5)
    try:
        device.use()
        device.described()
    finally:
        device.service.stop()
        device.header.take_other_away()
        device.header.become(PI_4)


def test_a_second_button(device: Device) -> None:
    """A second button says the last description again, louder when it is pressed twice, quieter when held."""
    device.use(triggers={"second_button": {"pin": SECOND_PIN}})
    _, said = device.described()
    device.camera.show(1)

    def repeated() -> float:
        """How loud."""
        pressed = device.second_button.press()
        assert device.answer(pressed).endswith(said)
        return device.loudness(said, pressed)

    before = repeated()
    assert device.answer(device.second_button.press(1.2)) == english("volume.quieter")
    quieter = repeated()
    assert device.answer(device.second_button.double_press()) == english("volume.louder")
    assert quieter < 0.9 * before < repeated()
