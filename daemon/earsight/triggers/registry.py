"""Every input that the settings can name.

A new kind of trigger is a module with its Trigger, a key in config/triggers.py, and an entry in SOURCES. A
new driver for buttons is a module with its Line, a class in config/triggers.py, and an entry in DRIVERS.
Device libraries are imported by the drivers when they open a line: to choose one costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from earsight.config.section import Section
from earsight.config.triggers import GpiodButton, GpiozeroButton, KeySection, TriggersSection
from earsight.triggers import control, keyboard
from earsight.triggers.button import ButtonTrigger, part_of
from earsight.triggers.control import ControlServer
from earsight.triggers.control_protocol import default_control_socket
from earsight.triggers.gpiod_line import GpiodLine
from earsight.triggers.gpiozero_line import GpiozeroLine
from earsight.triggers.input import Input, Wiring
from earsight.triggers.key_line import KeyInput
from earsight.triggers.line import OpenLine
from earsight.triggers.trigger import Trigger

DRIVERS: dict[type[Section], Callable[[Any, str], OpenLine]] = {
    GpiozeroButton: lambda section, key: partial(GpiozeroLine, section, key),
    GpiodButton: lambda section, key: partial(GpiodLine, section, key),
    KeySection: KeyInput,
}
"""By the class of its settings, what makes the opener of a line. It takes the settings and their key."""


def line_opener(section: Section, key: str) -> OpenLine:
    """What opens the line of a button or key.

    Args:
        section: Its settings.
        key: Where they stand, for messages, such as "triggers.button".
    """
    return DRIVERS[type(section)](section, key)


def inputs(section: TriggersSection) -> list[Input]:
    """The inputs that the settings ask for."""
    return [found for source in SOURCES for found in source(section)]


def line_sections(section: TriggersSection) -> dict[str, Section]:
    """The settings of every button and key, by where they stand."""
    buttons = {"triggers.button": section.button, "triggers.second_button": section.second_button}
    keys = {f"triggers.keys.{name}": key for name, key in section.keys.items()}
    return {key: found for key, found in {**buttons, **keys}.items() if found is not None}


def _control_socket(section: TriggersSection) -> Iterable[Input]:
    path = section.control_socket or default_control_socket()

    def build(wiring: Wiring) -> Trigger:
        return ControlServer(path, wiring.press, wiring.inputs, wiring.do, wiring.actions)

    yield Input("control_socket", "control_socket", control.PART, build)


def _keyboard(section: TriggersSection) -> Iterable[Input]:
    if section.keyboard:
        yield Input("keyboard", "keyboard", keyboard.PART, lambda _wiring: keyboard.KeyboardTrigger())


def _buttons_and_keys(section: TriggersSection) -> Iterable[Input]:
    for key, found in line_sections(section).items():
        name = key.rpartition(".")[2]
        label = f"key {name}" if isinstance(found, KeySection) else name
        yield Input(name, label, part_of(name), partial(_button, found, key, name))


def _button(section: Section, key: str, name: str, wiring: Wiring) -> Trigger:
    debounce = getattr(section, "debounce", 0.0)  # a keyboard's contacts have been settled by its own chip
    return ButtonTrigger(
        line_opener(section, key), debounce, wiring.recognizer(name), partial(wiring.stuck, name)
    )


SOURCES: tuple[Callable[[TriggersSection], Iterable[Input]], ...] = (
    _control_socket,
    _keyboard,
    _buttons_and_keys,
)
"""What finds the inputs of a kind in the settings."""
