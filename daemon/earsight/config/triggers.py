"""The sections triggers and gestures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, Tag, model_validator

from earsight.config.section import CombinationError, FilePath, Section, chosen_by
from earsight.system.key_codes import MAX_CODE, key_code

_VERY_LONG, _STUCK = 2.5, 30.0

DEBOUNCE = 0.06
"""Seconds. Worn contacts chatter for up to 50 milliseconds. The press itself is passed on at once anyway."""


_DRIVER = "What reads the line: gpiozero (a Raspberry Pi's pins) or gpiod (any board's GPIO lines)."
_PULL_UP = "true: the button connects the line to ground; false: to the supply (3.3 volts)."

LineName = Annotated[str, Field(pattern=r"^[0-9]*[!-/:-~][ -~]{0,30}$", examples=["PN.01"])]
LineNumber = Annotated[int, Field(ge=0, le=1023)]
ChipName = Annotated[str, Field(pattern=r"^[!-~]{1,100}$", examples=["tegra234-gpio"])]
InputName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$", examples=["pedal"])]
DeviceName = Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,100}$", examples=["AB Shutter3"])]
_KeyName = Annotated[str, Field(examples=["KEY_PLAYPAUSE"])]
_KeyNumber = Annotated[int, Field(ge=1, le=MAX_CODE)]


def _keys(value: Any) -> Any:
    """Let pass what names one key or several."""
    several = value if isinstance(value, list) else [value]
    if not several:
        raise ValueError("the name of a key, or a list of such names")
    for key in several:
        key_code(key)
    return value


Keys = Annotated[
    str | int | list[str | int],
    PlainValidator(_keys, json_schema_input_type=_KeyName | _KeyNumber | list[_KeyName | _KeyNumber]),
]

_INPUTS = ("button", "second_button", "keyboard", "control_socket")
"""Names of inputs that keys can't have."""


class ButtonSection(Section):
    """A push button between a GPIO line and ground."""

    driver: str = Field(description=_DRIVER)
    debounce: float = Field(
        default=DEBOUNCE, ge=0, le=0.2, description="Seconds for which the contacts may bounce."
    )


class GpiozeroButton(ButtonSection):
    """A button on a pin of a Raspberry Pi."""

    driver: Literal["gpiozero"] = Field(default="gpiozero", description=_DRIVER)
    pin: int = Field(ge=0, le=27, description="BCM number of the pin, not its place on the header.")
    pull_up: bool = Field(default=True, description=_PULL_UP)


class GpiodButton(ButtonSection):
    """A button on a GPIO line of any board."""

    driver: Literal["gpiod"] = Field(description=_DRIVER)
    line: LineName | LineNumber = Field(
        description="Name of the line, such as PN.01, or its number on the chip. `gpioinfo` lists them."
    )
    chip: ChipName | None = Field(
        default=None,
        description="Label or device of the line's chip, such as tegra234-gpio; null = whichever has a line "
        "of that name.",
    )
    pull_up: bool = Field(default=True, description=_PULL_UP)

    @model_validator(mode="after")
    def _on_a_chip(self) -> GpiodButton:
        if self.chip is None and isinstance(self.line, int):
            raise CombinationError("chip", "the label of a chip, since line is a number")
        return self


Button = Annotated[
    Annotated[GpiozeroButton, Tag("gpiozero")] | Annotated[GpiodButton, Tag("gpiod")],
    chosen_by("driver", "gpiozero"),
]


class KeySection(Section):
    """A key of any input device that Linux knows, such as a remote control, a pedal, or earphones."""

    key: Keys = Field(
        description="Name of the key, such as KEY_PLAYPAUSE, or a list of keys that do the same, such as "
        "[KEY_PLAYCD, KEY_PAUSECD] for the button of Bluetooth earphones."
    )
    device: DeviceName | None = Field(
        default=None,
        description="Name of its device, or how the name begins; null = every device that has the key.",
    )
    grab: bool = Field(
        default=False,
        description="true: the device is for Earsight alone; other programs don't get its keys.",
    )

    @property
    def codes(self) -> frozenset[int]:
        """The kernel's codes of the keys."""
        return frozenset(map(key_code, self.key if isinstance(self.key, list) else [self.key]))

    @model_validator(mode="after")
    def _grabs_a_device(self) -> KeySection:
        if self.grab and self.device is None:
            raise CombinationError("device", "the name of a device, since grab takes all of its keys")
        return self


class TriggersSection(Section):
    """The inputs: buttons, keys, the keyboard, and a socket for other programs."""

    keyboard: bool = Field(
        default=True,
        description="Enter is a short press; d, t, l or v and Enter a double, triple, long or very long one. "
        "q Enter stops the service.",
    )
    button: Button | None = Field(
        default=None,
        description="The push button, for example {pin: 17} on a Raspberry Pi or "
        "{driver: gpiod, line: PN.01} on a Jetson Orin; null = none.",
    )
    second_button: Button | None = Field(
        default=None,
        description="A second button, for example {pin: 27}; null = none. bindings.second_button says "
        "what it does.",
    )
    keys: dict[InputName, KeySection] = Field(
        default_factory=dict,
        description="Keys of remote controls, pedals and earphones, each by a name of your choice, for "
        "example {pedal: {key: KEY_B, device: FootSwitch}}. Each is a button.",
    )
    control_socket: FilePath | None = Field(
        default=None,
        description="Socket of `earsight press`; null = earsight.sock in the user's runtime folder, "
        "/run/earsight/control.sock for a system service.",
    )

    @model_validator(mode="after")
    def _names_differ(self) -> TriggersSection:
        for name in _INPUTS:
            if name in self.keys:
                raise CombinationError(f"keys.{name}", "another name: an input already has this one")
        return self

    @model_validator(mode="after")
    def _lines_differ(self) -> TriggersSection:
        if self.button and self.second_button and _line(self.button) == _line(self.second_button):
            key = "pin" if isinstance(self.button, GpiozeroButton) else "line"
            raise CombinationError(f"second_button.{key}", "a different one from that of button")
        return self


def _line(button: ButtonSection) -> dict[str, object]:
    """What names its line."""
    return button.model_dump(include={"driver", "pin", "line", "chip"})


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
