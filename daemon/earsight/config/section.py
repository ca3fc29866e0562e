"""What all sections of the settings share: the base class, paths, and errors that name a key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationInfo


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
        raise ValueError("a path whose ~ is the home folder of a known user") from None
    folder = (info.context or {}).get("folder")
    return path if folder is None else Path(folder) / path


FilePath = Annotated[Path, BeforeValidator(_locate, json_schema_input_type=str)]


class Section(BaseModel):
    """What all sections share: a value is fixed once read, unknown keys and lax conversions are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
