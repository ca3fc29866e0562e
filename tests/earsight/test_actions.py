"""Arguments of actions, as far as the list of actions knows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight import actions
from earsight.actions import ACTIONS, Action, Argument, ArgumentError, plain_argument
from earsight.message import message


@pytest.fixture
def asking(monkeypatch):
    """An action that may have an argument, and one that needs it."""
    for name, is_needed in (("may", False), ("must", True)):
        argument = Argument("WHAT", "what it is about", is_needed)
        entry = Action("trial:trial", message("action.help"), "try something", argument=argument)
        monkeypatch.setitem(actions.ACTIONS, name, entry)


@pytest.mark.usefixtures("asking")
def test_spaces_count_once():
    assert plain_argument("may", "  fire   hydrant ") == "fire hydrant"
    assert plain_argument("may", " ") is None
    assert plain_argument("may", None) is None
    assert plain_argument("help", "") is None


@pytest.mark.usefixtures("asking")
@pytest.mark.parametrize(
    ("action", "argument", "told"),
    [
        ("help", "me", "the action help takes no argument"),
        ("must", None, "the action must needs an argument: WHAT, what it is about"),
        ("must", "  ", "the action must needs an argument: WHAT, what it is about"),
        ("may", "x" * 201, "the argument of may has more than 200 characters"),
        ("may", "a\0b", "the argument of may holds characters that are no text"),
        ("may", "\udcff", "the argument of may holds characters that are no text"),
    ],
)
def test_what_makes_no_sense(action, argument, told):
    with pytest.raises(ArgumentError) as refusal:
        plain_argument(action, argument)
    assert str(refusal.value) == told


@given(st.text(max_size=300))
def test_any_argument_is_taken_or_refused(text):
    try:
        plain = plain_argument("help", text)
    except ArgumentError:
        assert text.split()
    else:
        assert plain is None


@pytest.mark.usefixtures("asking")
def test_the_command_line_shows_the_argument():
    assert ACTIONS["may"].usage == "try something; [WHAT]: what it is about"
    assert ACTIONS["must"].usage == "try something; WHAT: what it is about"
    assert ACTIONS["help"].usage == ACTIONS["help"].help
