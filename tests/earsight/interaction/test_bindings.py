"""What a gesture means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.actions import ACTIONS, ActionKind
from earsight.config.bindings import ButtonBindings
from earsight.config.schema import Config
from earsight.interaction.bindings import build_bindings
from earsight.triggers.trigger import Gesture

DEFAULTS = {
    "button": {"short": "describe", "double": "repeat", "long": "detail", "very_long": "menu"},
    "second_button": {"short": "repeat", "double": "louder", "long": "quieter"},
}


def bindings(**inputs):
    return build_bindings(Config.model_validate({"bindings": inputs}))


@pytest.mark.parametrize("source", ["button", "keyboard", "control_socket", "second_button"])
@pytest.mark.parametrize("gesture", Gesture)
def test_the_defaults(source, gesture):
    expected = DEFAULTS.get(source, DEFAULTS["button"]).get(gesture)
    assert bindings().action(source, gesture) == expected


def test_what_is_left_out_has_its_default_and_null_does_nothing():
    bound = bindings(button={"short": "status", "double": None})
    assert bound.of("button") == {
        Gesture.SHORT: "status",
        Gesture.LONG: "detail",
        Gesture.VERY_LONG: "menu",
    }


def test_keyboard_and_socket_follow_the_button_unless_they_have_bindings_of_their_own():
    bound = bindings(button={"short": "status"}, keyboard={"short": "help"})
    assert bound.action("control_socket", Gesture.SHORT) == "status"
    assert bound.action("keyboard", Gesture.SHORT) == "help"


def test_an_input_whose_gestures_are_all_null_does_nothing():
    nothing = dict.fromkeys(Gesture)
    bound = bindings(keyboard=nothing)
    assert [bound.action("keyboard", gesture) for gesture in Gesture] == [None] * len(Gesture)


@pytest.mark.parametrize(
    ("gestures", "looks"),
    [
        ({}, True),
        ({"short": "status"}, True),
        ({"short": None, "long": "describe"}, True),
        ({"short": "status", "long": "quieter"}, False),
        ({"short": "status", "long": None, "double": "describe"}, False),
    ],
)
def test_a_look_begins_with_the_press_if_a_short_or_long_one_looks(gestures, looks):
    assert (bindings(button=gestures).looks("button") is not None) is looks


def test_what_is_looked_for_is_what_the_short_press_needs():
    assert bindings(button={"short": "read"}).looks("button") is ActionKind.READ
    assert bindings(button={"long": "read"}).looks("button") is ActionKind.LOOK


def test_the_second_button_never_looks_by_default():
    assert not bindings().looks("second_button")
    assert bindings().sets("second_button")
    assert not bindings().sets("button")


def test_only_a_triple_press_that_means_something_delays_a_double_one():
    assert not bindings().has_triple("button")
    assert bindings(button={"triple": "help"}).has_triple("button")
    assert bindings(button={"triple": "help"}).has_triple("keyboard")


@pytest.mark.parametrize(
    ("gestures", "waits"),
    [
        ({}, False),  # detail may begin: the menu takes its place
        ({"long": "louder"}, True),
        ({"long": "louder", "very_long": None}, False),
        ({"long": None}, False),
    ],
)
def test_a_long_press_that_changes_something_waits_for_its_end(gestures, waits):
    assert bindings(button=gestures).long_on_release("button") is waits


def test_a_key_may_have_bindings_of_its_own():
    settings = {
        "triggers": {"keys": {"pedal": {"key": "KEY_B"}, "remote": {"key": "KEY_C"}}},
        "bindings": {"button": {"short": "status"}, "keys": {"pedal": {"short": "stop"}}},
    }
    bound = build_bindings(Config.model_validate(settings))
    assert bound.action("pedal", Gesture.SHORT) == "stop"
    assert bound.action("pedal", Gesture.LONG) == "detail"
    assert bound.action("remote", Gesture.SHORT) == "status"


def test_only_the_inputs_that_are_configured_are_there():
    config = Config.model_validate({"triggers": {"keyboard": False, "second_button": {"pin": 27}}})
    assert build_bindings(config).present == {"second_button"}


names = st.none() | st.sampled_from(sorted(ACTIONS))


@given(st.fixed_dictionaries(dict.fromkeys(ButtonBindings.model_fields, names)))
def test_any_bindings_mean_what_they_say(gestures):
    bound = bindings(button=gestures)
    assert {gesture: bound.action("button", gesture) for gesture in Gesture} == {
        Gesture(name): action for name, action in gestures.items()
    }
    kinds = {ACTIONS[name].kind for name in gestures.values() if name}
    assert bound.sets("button") is (ActionKind.SETTING in kinds)


def test_a_microphone_has_the_triple_press_unless_something_else_listens():
    def bound(**buttons):
        settings = {"microphone": {"source": "alsa"}, "bindings": {"button": buttons}}
        return build_bindings(Config.model_validate(settings))

    assert bound().action("button", Gesture.TRIPLE) == "listen"
    assert bound().listens("keyboard")
    assert not bindings().listens("button")
    assert bound(triple="stop").action("button", Gesture.TRIPLE) == "stop"
    assert bound(long="listen").action("button", Gesture.TRIPLE) is None
    assert bound(long="listen").listens("button")
