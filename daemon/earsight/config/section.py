"""What all sections of the settings share: the base class, paths, and errors that name a key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, ValidationInfo

WRONG_CHOICE = "wrong_choice_of_"
"""Type of pydantic's error for a section whose kind there is not, followed by the key that chooses."""


class CombinationError(ValueError):
    """A value that another one of its section makes impossible. expected: what would be right for the key."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: expected {expected}")
        self.key = key
        self.expected = expected


def _locate(value: Any, info: ValidationInfo) -> Any:
    """Turn the text of a path into a Path: ~ is the home folder, and a relative path starts at the folder
    of the config file (`folder` in the validation context)."""
    if not isinstance(value, str):
        return value
    if not value.strip() or not value.isprintable():
        raise ValueError("a path of printable characters")
    try:
        path = Path(value).expanduser()
    except RuntimeError:
        raise ValueError("a path whose ~ is the home folder of an existing user") from None
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(folder) / path


FilePath = Annotated[Path, BeforeValidator(_locate, json_schema_input_type=str)]


class Section(BaseModel):
    """What all sections share: a value is fixed once read, unknown keys and lax conversions are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def section_kinds(annotation: Any) -> list[type[BaseModel]]:
    """The sections that the annotation of a key allows: none, one, or the kinds that one is chosen from."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [kind for argument in get_args(annotation) for kind in section_kinds(argument)]


def chosen_by(key: str, default: str) -> Discriminator:
    """What kind of section a union takes: the one that has the value of a key as its only choice for it.

    Args:
        key: The key, such as "engine". Every kind has it as a Literal with one value, which is its Tag too.
        default: The value where the key is left out.
    """

    def choose(value: Any) -> str:
        if isinstance(value, dict):
            return str(value.get(key, default))
        return str(getattr(value, key, default))  # what is no section at all is refused as the default kind

    return Discriminator(
        choose,
        custom_error_type=WRONG_CHOICE + key,  # not in a context: `| None` wants what can be hashed
        custom_error_message=f"there is no such {key}",
    )
