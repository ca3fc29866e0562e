"""Actions: by their names, and in the menu, with one button."""

from __future__ import annotations

import pytest

from earsight.actions import ACTIONS
from earsight.interaction.preferences import RATES
from earsight.language.languages import LANGUAGES, load_language
from earsight.message import message
from tests.earsight.words import english
from tests.hil.device import Device, settings
from tests.hil.speech import RATE_OF_SPEECH

_VERY_LONG, _LONG = 3.0, 1.2
"""Seconds for which a button is held."""

_UNDONE_BY = {"quieter": "louder", "slower": "faster", "faster": "slower", "narration": "narration"}
"""What the wearer chooses is kept over a restart."""

_RATES = {
    "faster": min(rate for rate in RATES if rate > RATE_OF_SPEECH),
    "slower": max(rate for rate in RATES if rate < RATE_OF_SPEECH),
}
"""Words per minute at which these actions are answered: already at the new rate."""


_ENTRIES = [name for name in ACTIONS if name not in ("menu", "listen", "describe", "detail", "repeat")]
"""Of the menu, before those that the button has a gesture for."""


def _said(name: str) -> str:
    return f"{english(ACTIONS[name].label)}."


@pytest.mark.core
def test_the_menu(device: Device) -> None:
    """A very long press opens the menu, short ones go on, a long one does what was said, silence ends it."""
    device.use()
    opened = device.button.press(_VERY_LONG)
    device.hears(f"{english('menu.opened')}. {_said(_ENTRIES[0])}", opened)
    for name in _ENTRIES[1 : _ENTRIES.index("narration") + 1]:
        assert device.answer(device.button.press()) == _said(name)
    for said in ("narration.on", "narration.off"):  # a setting leaves it open
        assert device.answer(device.button.press(_LONG)) == english(said)
    last = device.button.press()
    assert device.answer(last) == _said("louder")
    device.hears(english("menu.closed"), last, 60)
    device.described()


@pytest.mark.core
def test_help(device: Device) -> None:
    """`earsight do help` says what the button does."""
    device.use()
    asked = device.guest.run("earsight", "do", "help").began
    said = device.answer(asked, 60)
    assert said.startswith(f"{english('gesture.short')}: {_said('describe')}")
    assert said.endswith(english("help.reading"))


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_action(device: Device, code: str) -> None:
    """Every action is heard in the language of the settings."""
    device.service.begin_with({**settings(), "language": code})
    language = load_language(code)
    expected = {
        "menu": f"{language.text(message('menu.opened'))}. {language.text(ACTIONS[_ENTRIES[0]].label)}.",
        "louder": language.text(message("volume.loudest")),
        "switch_off": language.text(message("switch_off.confirm")),
    }
    for name in ACTIONS:
        if name == "stop":  # it has nothing to say
            continue
        asked = device.guest.run("earsight", "do", name).began
        said = device.answer(asked, 60, code, _RATES.get(name, RATE_OF_SPEECH))
        assert said == expected.get(name, said)
        if name in _UNDONE_BY:
            undone = device.guest.run("earsight", "do", _UNDONE_BY[name]).began
            device.service.wait_for("^answer: ", undone, 60)
    device.guest.run("earsight", "do", "stop")  # nor is anything switched off
