"""Which inputs the settings ask for, and what drives them."""

import sys
from pathlib import Path

from earsight.config.triggers import TriggersSection
from earsight.message import message
from earsight.triggers.button import ButtonTrigger
from earsight.triggers.control import ControlServer
from earsight.triggers.gestures import GestureRecognizer, GestureTimes
from earsight.triggers.input import Wiring
from earsight.triggers.key_line import KeyInput
from earsight.triggers.keyboard import KeyboardTrigger
from earsight.triggers.registry import DRIVERS, inputs, line_opener, line_sections

EVERYTHING = TriggersSection.model_validate(
    {
        "button": {"pin": 17},
        "second_button": {"driver": "gpiod", "line": "PN.01"},
        "keys": {"left_pedal": {"key": "KEY_B"}},
    }
)


def test_every_input_has_a_name_and_words_of_its_own():
    assert [(one.name, one.label, one.part) for one in inputs(EVERYTHING)] == [
        ("control_socket", "control_socket", message("part.control_socket")),
        ("keyboard", "keyboard", message("part.keyboard")),
        ("button", "button", message("part.button")),
        ("second_button", "second_button", message("part.second_button")),
        ("left_pedal", "key left_pedal", message("part.key", name="left pedal")),
    ]


def test_what_the_settings_leave_out_is_not_there():
    section = TriggersSection(keyboard=False)
    assert [one.name for one in inputs(section)] == ["control_socket"]


def test_their_triggers():
    asked, stuck = [], []

    def recognizer(name):
        asked.append(name)
        return GestureRecognizer(GestureTimes(0.8, 0.3, 2.5, 30.0))

    wiring = Wiring(recognizer, stuck.append, lambda _name, _event: None)
    triggers = {one.name: one.build(wiring) for one in inputs(EVERYTHING)}
    assert {name: type(trigger) for name, trigger in triggers.items()} == {
        "control_socket": ControlServer,
        "keyboard": KeyboardTrigger,
        "button": ButtonTrigger,
        "second_button": ButtonTrigger,
        "left_pedal": ButtonTrigger,
    }
    assert asked == ["button", "second_button", "left_pedal"]
    triggers["second_button"]._stuck()
    assert stuck == ["second_button"]
    assert triggers["button"]._debounce == 0.06
    assert triggers["left_pedal"]._debounce == 0


def test_every_line_of_the_settings_has_a_driver():
    for key, section in line_sections(EVERYTHING).items():
        assert type(section) in DRIVERS, key
    assert isinstance(line_opener(EVERYTHING.keys["left_pedal"], "triggers.keys.left_pedal"), KeyInput)


def test_a_driver_s_library_is_loaded_when_a_line_is_opened(monkeypatch):
    for name in ("gpiod", "gpiozero"):
        monkeypatch.setitem(sys.modules, name, None)  # an import would fail
    for key, section in line_sections(EVERYTHING).items():
        line_opener(section, key)


def test_the_control_socket_is_where_the_settings_say():
    section = TriggersSection(keyboard=False, control_socket=Path("/run/x/own.sock"))
    (server,) = inputs(section)
    wiring = Wiring(lambda _name: None, print, print, ["button"], ["describe"], print)
    trigger = server.build(wiring)
    assert trigger._path == Path("/run/x/own.sock")
    assert (trigger._buttons, trigger._actions) == (["button"], ["describe"])
