"""The language of the settings: everything that is heard is in it, and in its voice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.earsight.words import english, indonesian
from tests.hil.device import Device, settings
from tests.hil.service import SETTINGS

_VERY_LONG = 3.0
"""Seconds for which the button is held."""


def in_indonesian(**sections: Any) -> dict[str, Any]:
    return {**settings(**sections), "language": "id"}


@pytest.fixture(autouse=True)
def _english_again(device: Device) -> Iterator[None]:
    yield
    device.service.stop()
    device.service.configure(settings())


@pytest.mark.core
def test_a_press_and_a_notice(device: Device) -> None:
    """With `language: id`, descriptions and notices are Indonesian."""
    device.service.begin_with(in_indonesian())
    for number, said in ((1, "Seekor kucing."), (4, "Sebuah meja dan sebuah cangkir.")):
        device.camera.show(number)
        device.guest.run("sleep", "1.5")  # no older picture is described
        assert device.answer(device.button.press(), language="id") == said
    gone = device.guest.now()
    device.camera.plug_out()
    try:
        device.hears(indonesian("camera.lost"), gone, language="id")
    finally:
        back = device.camera.plug_back_in()
    device.hears(indonesian("camera.back"), back, language="id")


def test_the_menu(device: Device) -> None:
    """The menu's entries are Indonesian."""
    device.service.begin_with(in_indonesian())
    opened = device.button.press(_VERY_LONG)
    device.hears(f"{indonesian('menu.opened')}. {indonesian('action.read')}.", opened, language="id")
    assert device.answer(device.button.press(), language="id") == f"{indonesian('action.find')}."


def test_another_language_while_it_runs(device: Device) -> None:
    """The settings change the language: the new voice says so, and speaks from then on."""
    device.use()
    device.described()
    changed = device.guest.now()
    device.service.configure(in_indonesian())
    device.hears(indonesian("settings.taken"), changed, 60, "id")
    assert device.answer(device.button.double_press(), language="id") == indonesian("repeat.nothing")


def test_settings_with_a_mistake(device: Device) -> None:
    """Where only the language can be read, what is wrong is said in it; so does the doctor."""
    device.service.stop()
    device.service.configure(in_indonesian(camera={"fps": 0}))
    began = device.guest.now()
    device.guest.run("systemctl", "start", "earsight-doctor", limit=300, check=False)
    line = device.guest.run("grep", "-n", "fps:", SETTINGS).output.partition(":")[0]
    mistake = f"Pengaturan: baris {line}, camera.fps: isinya 0; seharusnya bilangan bulat dari 1 sampai 120."
    device.hears(mistake, began, 60, "id")
    device.hears(indonesian("start.wrong_settings"), began, 60, "id")
    assert english("start.wrong_settings") in device.service.shown("StatusText")
