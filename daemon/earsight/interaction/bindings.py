"""What a gesture means: the bindings of all inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from earsight.actions import ACTIONS, ActionKind
from earsight.config.schema import Config
from earsight.triggers.trigger import Gesture

BUTTON = "button"
"""The input that the others stand for where they have no bindings of their own."""

SECOND_BUTTON = "second_button"

LISTEN = "listen"
"""The action that has a gesture by itself where there is a microphone."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """Which gesture of which input does what.

    Attributes:
        inputs: For each input, the names of its actions. A gesture that is not among them does nothing.
        present: The inputs that are there, such as a second button.
    """

    inputs: Mapping[str, Mapping[Gesture, str]]
    present: frozenset[str] = frozenset()

    def action(self, source: str, gesture: Gesture) -> str | None:
        """The name of the action that a gesture of an input means; None for nothing."""
        return self.of(source).get(gesture)

    def of(self, source: str) -> Mapping[Gesture, str]:
        """What the gestures of an input mean."""
        return self.inputs.get(source, self.inputs[BUTTON])

    def looks(self, source: str) -> ActionKind | None:
        """What kind of look begins as soon as the button goes down, since it may become a gesture that looks;
        None for none."""
        kinds = (self._kind(source, gesture) for gesture in (Gesture.SHORT, Gesture.LONG))
        return next((kind for kind in kinds if kind is not None and kind.looks), None)

    def sets(self, source: str) -> bool:
        """Whether a gesture of the input changes a setting."""
        return any(ACTIONS[name].kind is ActionKind.SETTING for name in self.of(source).values())

    def has_triple(self, source: str) -> bool:
        """Whether a double press has to wait, since it may become a triple one."""
        return Gesture.TRIPLE in self.of(source)

    def long_on_release(self, source: str) -> bool:
        """Whether a long press has to wait for its end: on the way to a very long one nothing may change."""
        return Gesture.VERY_LONG in self.of(source) and self._kind(source, Gesture.LONG) is ActionKind.SETTING

    def listens(self, source: str) -> bool:
        """Whether a gesture of the input listens, so that it matters when the button is let go."""
        return LISTEN in self.of(source).values()

    def _kind(self, source: str, gesture: Gesture) -> ActionKind | None:
        name = self.action(source, gesture)
        return ACTIONS[name].kind if name else None


def build_bindings(config: Config) -> Bindings:
    """The bindings of the settings."""
    bound = config.bindings.model_dump(exclude_none=True)
    keys = bound.pop("keys")
    inputs = {
        source: {Gesture(name): action for name, action in gestures.items()}
        for source, gestures in {**bound, **keys}.items()
    }
    listens = any(LISTEN in gestures.values() for gestures in inputs.values())
    if config.microphone.source != "none" and not listens:
        inputs[BUTTON].setdefault(Gesture.TRIPLE, LISTEN)
    present = {name for name, section in config.triggers.model_dump().items() if section}
    return Bindings(inputs, frozenset(present))
