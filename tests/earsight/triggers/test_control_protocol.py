"""The control socket's requests, as they are written and read."""

import asyncio
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.actions import plain_argument
from earsight.triggers.control import ControlServer
from earsight.triggers.control_client import ask, control_sockets
from earsight.triggers.control_protocol import (
    ActionRequest,
    PressRequest,
    default_control_socket,
    encode,
    parse_request,
)
from earsight.triggers.trigger import Gesture, TriggerError
from tests.earsight.triggers.control_stage import SHORT


@pytest.fixture
def path():
    with tempfile.TemporaryDirectory(prefix="ear") as folder:  # short: pytest's own paths may be too long
        yield Path(folder) / "control.sock"


BUTTONS, ACTIONS = ["button", "second_button", "pedal"], ["describe", "repeat"]


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (SHORT, b'{"press": "short"}\n'),
        (PressRequest(Gesture.VERY_LONG, "pedal"), b'{"press": "very_long", "button": "pedal"}\n'),
        (ActionRequest("repeat"), b'{"do": "repeat"}\n'),
        (ActionRequest("repeat", "the door"), b'{"do": "repeat", "argument": "the door"}\n'),
    ],
)
def test_requests_as_they_are_written(request_, line):
    assert encode(request_) == line
    assert parse_request(line, BUTTONS, ACTIONS) == request_


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"what", "not JSON"),
        (b"[]", "not an object"),
        (b"{}", 'expected {"press": GESTURE}'),
        (b'{"press": "short", "do": "repeat"}', 'expected {"press": GESTURE}'),
        (b'{"button": "pedal"}', 'expected {"press": GESTURE}'),
        (
            b'{"press": "shrot"}',
            'there is no gesture "shrot"; there are: short, double, triple, long, very_long',
        ),
        (b'{"press": ["short"]}', 'there is no gesture ["short"]'),
        (
            b'{"press": "short", "button": "third"}',
            'there is no button "third"; there are: button, second_button',
        ),
        (b'{"press": "short", "button": null}', "there is no button null"),
        (b'{"do": "dance"}', 'there is no action "dance"; there are: describe, repeat'),
        (b'{"do": {}}', "there is no action {}"),
        (b'{"do": "repeat", "argument": 3}', "the argument has to be a text: 3"),
        (b'{"do": "repeat", "argument": null}', "the argument has to be a text: null"),
        (b'{"argument": "door"}', 'expected {"press": GESTURE}'),
    ],
)
def test_requests_for_what_there_is_not(line, told):
    with pytest.raises(ValueError, match=r"^[^\n]*$") as refusal:
        parse_request(line, BUTTONS, ACTIONS)
    assert str(refusal.value).startswith(told)


def test_without_actions_none_can_be_asked_for():
    with pytest.raises(ValueError, match='no action "repeat"; there are: none'):
        parse_request(b'{"do": "repeat"}', BUTTONS, [])


def test_presses_of_other_buttons_and_actions(path):
    """Those of another button go to that one, and actions to whoever does them."""
    others, actions, own = [], [], []

    def do(*asked):
        plain_argument(*asked)
        actions.append(asked)

    async def main():
        server = ControlServer(path, lambda *press: others.append(press), BUTTONS, do, ACTIONS)
        task = asyncio.create_task(server.run(own.append))
        while not path.exists():  # noqa: ASYNC110 - a file sets no event
            await asyncio.sleep(0.005)
        await asyncio.to_thread(ask, path, PressRequest(Gesture.LONG, "second_button"), 20)
        await asyncio.to_thread(ask, path, ActionRequest("repeat"), 20)
        with pytest.raises(TriggerError, match='refused: there is no action "dance"'):
            await asyncio.to_thread(ask, path, ActionRequest("dance"), 20)
        with pytest.raises(TriggerError, match="refused: the action repeat takes no argument"):
            await asyncio.to_thread(ask, path, ActionRequest("repeat", "twice"), 20)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(main())
    assert [(name, press.gesture) for name, press in others] == [("second_button", Gesture.LONG)]
    assert actions == [("repeat", None)]
    assert own == []


@settings(deadline=None)
@given(
    st.binary(max_size=600)
    | st.dictionaries(
        st.sampled_from(["press", "button", "do", "argument", "more"]),
        st.none() | st.text() | st.integers() | st.sampled_from([*Gesture, *BUTTONS, *ACTIONS]),
    ).map(lambda value: json.dumps(value).encode())
)
def test_requests_are_understood_or_refused(line):
    try:
        request = parse_request(line, BUTTONS, ACTIONS)
    except ValueError:
        return
    assert json.loads(encode(request)) == json.loads(line)


def test_deep_nesting_is_refused():
    with pytest.raises(ValueError, match="expected"):
        parse_request(b"[" * 100_000, BUTTONS, ACTIONS)


def test_where_the_client_looks(path, monkeypatch):
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/other")
    assert control_sockets(path) == [path]
    assert control_sockets(None) == [Path("/run/other/control.sock"), Path("/run/earsight/control.sock")]


def test_default_place(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert default_control_socket() == tmp_path / "earsight.sock"
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    assert default_control_socket() == Path("/run/earsight/control.sock")
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/earsight:/run/other")
    assert default_control_socket() == Path("/run/earsight/control.sock")
    monkeypatch.delenv("RUNTIME_DIRECTORY")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_control_socket() == Path("/run/earsight/control.sock")
