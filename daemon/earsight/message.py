"""Something that Earsight can say, before a language puts it into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time


@dataclass(frozen=True, slots=True)
class Message:
    """An entry of the catalogues, and what goes into it.

    Make one with message() or counted(): Babel finds the ids of the catalogues by these calls.

    Attributes:
        id: The entry's name in every catalogue, such as "camera.lost".
        values: For the entry's placeholders. A message among them is put into the same language.
        count: What the choice of a plural goes by; None for an entry without plurals.
    """

    id: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)
    count: int | None = None


Number = int | float | time
"""What each language writes in its own way. A time is one of the day."""
Value = str | Number | Message


def message(id: str, /, **values: Value) -> Message:
    """An entry without plurals.

    Example:
        >>> message("part.working_again", part=message("part.button")).id
        'part.working_again'
    """
    return Message(id, values)


def counted(id: str, count: int, /, **values: Value) -> Message:
    """An entry with plurals; its placeholder {count} is the number."""
    return Message(id, {"count": count, **values}, count)
