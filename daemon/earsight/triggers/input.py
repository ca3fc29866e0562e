"""An input of the settings: its name, what the wearer calls it, and how its trigger is made."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from earsight.message import Message
from earsight.triggers.gestures import GestureRecognizer
from earsight.triggers.trigger import InputEvent, Trigger


@dataclass(frozen=True)
class Wiring:
    """What connects triggers with whoever runs them.

    All of it is called on the event loop's thread, and takes the name of an input first.

    Attributes:
        recognizer: Makes what tells the gestures of an input apart.
        stuck: Takes that a button is stuck.
        press: Takes an event that one input reports for another, as the control socket does.
        inputs: Names of the inputs that can be pressed by others.
        actions: Names of the actions that can be asked for by name.
        do: Does an action. It takes the action's name, and what it is asked for with or None; it raises
            ArgumentError if that makes no sense.
    """

    recognizer: Callable[[str], GestureRecognizer]
    stuck: Callable[[str], object]
    press: Callable[[str, InputEvent], object]
    inputs: Collection[str] = ()
    actions: Collection[str] = ()
    do: Callable[[str, str | None], object] = lambda _action, _argument: None


@dataclass(frozen=True)
class Input:
    """One input.

    Attributes:
        name: Of the settings, such as "second_button"; for keys, the name that their owner chose.
        label: The same in logs and in the service's status, told apart from everything else there.
        part: What the wearer calls it in notices.
        build: Makes its trigger.
    """

    name: str
    label: str
    part: Message
    build: Callable[[Wiring], Trigger]
