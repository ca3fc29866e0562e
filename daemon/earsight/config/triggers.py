"""The sections triggers and gestures."""

from __future__ import annotations

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, FilePath, Section


class ButtonSection(Section):
    """A push button between a GPIO pin and ground."""

    pin: int = Field(ge=0, le=27, description="BCM number of the pin, not its place on the header.")
    pull_up: bool = Field(
        default=True, description="true: the button connects the pin to ground; false: to 3.3 volts."
    )
    debounce: float = Field(
        default=0.02, ge=0, le=0.2, description="Seconds for which the contacts may bounce."
    )


class TriggersSection(Section):
    """What makes Earsight look."""

    keyboard: bool = Field(
        default=True,
        description="Enter looks, d Enter repeats, l Enter tells more, q Enter stops the service.",
    )
    button: ButtonSection | None = Field(
        default=None,
        description="The push button, for example {pin: 17, pull_up: true, debounce: 0.02}; null = none.",
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
    """When a press is short, double or long."""

    long_press: float = Field(
        default=0.8, ge=0.2, le=5, description="Seconds after which a held press is a long one."
    )
    double_window: float = Field(
        default=0.35,
        ge=0,
        le=1,
        description="Seconds in which a second press makes it a double one; 0 = no doubles.",
    )
    stuck_after: float = Field(
        default=30.0,
        ge=5,
        le=600,
        description="Seconds after which a button that is still down counts as stuck.",
    )

    @model_validator(mode="after")
    def _told_apart(self) -> GesturesSection:
        if self.double_window >= self.long_press:
            raise CombinationError("double_window", f"less than long_press, {self.long_press:g}")
        if self.stuck_after <= self.long_press:
            raise CombinationError("stuck_after", f"more than long_press, {self.long_press:g}")
        return self
