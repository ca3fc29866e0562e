"""The section `bindings`: which gesture of which input does what."""

from __future__ import annotations

import difflib
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from earsight.actions import ACTIONS
from earsight.config.section import Section
from earsight.config.triggers import InputName


def _known(name: str) -> str:
    if name not in ACTIONS:
        raise ValueError(f"one of {', '.join(ACTIONS)}, or null{_hint(name)}")
    return name


def _hint(name: str) -> str:
    """What may be meant by a name that is none of an action."""
    first, *argument = name.split(maxsplit=1)[:2] or [""]
    if argument and first == "find":
        return f"; write find, which offers find.favourites, and put {argument[0]} first among those"
    if argument and first in ACTIONS:
        return f"; write {first} alone"
    close = difflib.get_close_matches(name, ACTIONS, n=1)
    return f"; did you mean {close[0]}?" if close else ""


ActionName = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(ACTIONS)})]

_SHORT = "Pressed once."
_DOUBLE = "Pressed twice in a row."
_TRIPLE = "Pressed three times in a row; if it is bound, a double press takes a moment longer."
_LONG = "Held for gestures.long_press."
_VERY_LONG = "Held for gestures.very_long_press."


class ButtonBindings(Section):
    """What the gestures of the button do."""

    short: ActionName | None = Field(default="describe", description=_SHORT)
    double: ActionName | None = Field(default="repeat", description=_DOUBLE)
    triple: ActionName | None = Field(default=None, description=_TRIPLE)
    long: ActionName | None = Field(default="detail", description=_LONG)
    very_long: ActionName | None = Field(default="menu", description=_VERY_LONG)


class SecondButtonBindings(Section):
    """What the gestures of the second button do."""

    short: ActionName | None = Field(default="repeat", description=_SHORT)
    double: ActionName | None = Field(default="louder", description=_DOUBLE)
    triple: ActionName | None = Field(default=None, description=_TRIPLE)
    long: ActionName | None = Field(default="quieter", description=_LONG)
    very_long: ActionName | None = Field(default=None, description=_VERY_LONG)


class BindingsSection(Section):
    """Which gesture of which input does what. `earsight do --help` lists the actions."""

    button: ButtonBindings = Field(
        default=ButtonBindings(),
        description="The gestures of the button: for each, the name of an action, or null for nothing.",
    )
    second_button: SecondButtonBindings = Field(
        default=SecondButtonBindings(), description="The gestures of the second button."
    )
    keys: dict[InputName, ButtonBindings] = Field(
        default_factory=dict,
        description="The gestures of keys, by their names in triggers.keys, for example "
        "{pedal: {long: stop}}; a key that is not here does the same as the button.",
    )
    keyboard: ButtonBindings | None = Field(
        default=None, description="The gestures of the keyboard; null = the same as the button's."
    )
    control_socket: ButtonBindings | None = Field(
        default=None,
        description="The gestures of `earsight press`; null = the same as the button's.",
    )
