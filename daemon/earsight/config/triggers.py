"""The sections triggers and gestures."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, FilePath, Section

_VERY_LONG, _STUCK = 2.5, 30.0

DEBOUNCE = 0.06
"""Seconds. Worn contacts chatter for up to 50 milliseconds. The press itself is passed on at once anyway."""


class ButtonSection(Section):
    """A push button between a GPIO pin and ground."""

    pin: int = Field(ge=0, le=27, description="BCM number of the pin, not its place on the header.")
    pull_up: bool = Field(
        default=True, description="true: the button connects the pin to ground; false: to 3.3 volts."
    )
    debounce: float = Field(
        default=DEBOUNCE, ge=0, le=0.2, description="Seconds for which the contacts may bounce."
    )


class TriggersSection(Section):
    """What makes Earsight look."""

    keyboard: bool = Field(
        default=True,
        description="Enter looks, d Enter repeats, l Enter tells more, q Enter stops the service.",
    )
    button: ButtonSection | None = Field(
        default=None,
        description="The push button, for example {pin: 17, pull_up: true, debounce: 0.06}; null = none.",
    )
    second_button: ButtonSection | None = Field(
        default=None,
        description="A second button, for example {pin: 27}: a short press says it again, a double one is "
        "louder, a long one quieter; null = none.",
    )
    control_socket: FilePath | None = Field(
        default=None,
        description="Socket of `earsight press`; null = earsight.sock in the user's runtime folder, "
        "/run/earsight/control.sock for a system service.",
    )

    @model_validator(mode="after")
    def _pins_differ(self) -> TriggersSection:
        if self.button and self.second_button and self.button.pin == self.second_button.pin:
            raise CombinationError("second_button", f"another pin than that of button, {self.button.pin}")
        return self


class GesturesSection(Section):
    """What tells short, double, triple, long and very long presses apart."""

    long_press: float = Field(
        default=0.8, ge=0.2, le=5, description="Seconds after which a held press is a long one."
    )
    double_window: float = Field(
        default=0.35,
        ge=0,
        le=1,
        description="Seconds in which another press makes it a double or triple one; 0 = only single ones.",
    )
    very_long_press: float = Field(
        default=_VERY_LONG,
        ge=0.5,
        le=30,
        description="Seconds after which a held press is a very long one.",
    )
    stuck_after: float = Field(
        default=_STUCK,
        ge=5,
        le=600,
        description="Seconds after which a button that is still down counts as stuck.",
    )

    @model_validator(mode="before")
    @classmethod
    def _very_long_is_longer(cls, values: Any) -> Any:
        """A long press of 2.5 seconds or more stays valid where nothing is said of a very long one."""
        if not isinstance(values, dict) or "very_long_press" in values:
            return values
        long_press, stuck_after = values.get("long_press"), values.get("stuck_after", _STUCK)
        if not isinstance(long_press, int | float) or not isinstance(stuck_after, int | float):
            return values
        if long_press < _VERY_LONG:
            return values
        return {**values, "very_long_press": min(long_press + 1.0, (long_press + stuck_after) / 2)}

    @model_validator(mode="after")
    def _told_apart(self) -> GesturesSection:
        if self.double_window >= self.long_press:
            raise CombinationError("double_window", f"less than long_press, {self.long_press:g}")
        if self.stuck_after <= self.long_press:
            raise CombinationError("stuck_after", f"more than long_press, {self.long_press:g}")
        if self.very_long_press <= self.long_press:
            raise CombinationError("very_long_press", f"more than long_press, {self.long_press:g}")
        if self.stuck_after <= self.very_long_press:
            raise CombinationError("stuck_after", f"more than very_long_press, {self.very_long_press:g}")
        return self
