"""Codes, light, colours and questions: what needs no model, or only its detector."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Picture

from tests.earsight.words import english
from tests.hil.device import Device
from tests.hil.photos import dark, wall
from tests.printed_codes import code, placed

_LONG = 1.2
"""Seconds for which the button is held."""

_GREEN = (30, 150, 50)


def _do(device: Device, *words: str) -> float:
    """When it was asked for."""
    return device.guest.run("earsight", "do", *words).began


def _shown(text: str) -> Picture.Image:
    """A QR code on a table."""
    return _seen(placed(code(text, scale=6), left=150))


def _green_wall() -> Picture.Image:
    return _seen(np.full((480, 640, 3), _GREEN))


def _seen(pixels: np.ndarray) -> Picture.Image:
    """With the noise of a camera: rows without any count as a frame of which the rest is missing."""
    noise = np.random.default_rng(5).normal(0, 4, pixels.shape)
    return Picture.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))


@pytest.mark.core
def test_a_web_address(device: Device) -> None:
    """`earsight do scan`: the host first; what the code holds does not reach the journal."""
    device.use()
    device.camera.show(_shown("https://www.example.org/menu"))
    asked = _do(device, "scan")
    device.hears("example dot org slash menu.", asked)
    assert "example dot" not in device.guest.run("journalctl", "--boot", "--unit=earsight").output


def test_a_password_is_said_on_a_long_press(device: Device) -> None:
    """A network's name is read; its password only if the wearer asks for it."""
    device.use()
    device.camera.show(_shown("WIFI:T:WPA;S:guest;P:ab1;;"))
    asked = _do(device, "scan")
    device.hears("guest.", asked)
    held = device.button.press(_LONG)
    device.hears("A, B, 1.", held)


def test_no_code(device: Device) -> None:
    """It looks on for some seconds, and then says what helps; a press ends it before."""
    device.use()
    device.camera.show(wall())
    asked = _do(device, "scan")
    device.hears(english("scan.begun"), asked)
    device.hears(f"{english('scan.none')} {english('scan.aim')}", asked, 60)
    again = _do(device, "scan")
    device.hears(english("scan.begun"), again)
    device.hears(english("scan.stopped"), device.button.press())


def test_light_and_colour(device: Device) -> None:
    """`earsight do light`, in the light and in the dark."""
    device.use()
    device.camera.show(_green_wall())
    assert device.answer(_do(device, "light")).endswith("In the middle: green.")
    device.camera.show(dark())
    assert device.answer(_do(device, "light")) == english("light.dark")


def test_questions(device: Device) -> None:
    """`earsight do ask`: of the colour; of a thing that this model does not know; of nothing."""
    device.use()
    device.camera.show(_green_wall())
    assert device.answer(_do(device, "ask", "what colour is this")) == "In the middle: green."
    unknown = english("ask.unknown", things="unicorns")
    assert device.answer(_do(device, "ask", "how many unicorns")) == unknown
    not_understood = f"{english('ask.not_understood')} {english('ask.examples')}"
    assert device.answer(_do(device, "ask", "sing"), 60) == not_understood
