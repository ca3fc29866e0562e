"""JSON text to values; a key that is given twice is an error, where Python's own reader keeps the last."""

from __future__ import annotations

import json
from typing import Any


def read_json(text: str) -> Any:
    """Read one JSON document.

    Raises:
        ValueError: it is not JSON, nested too deeply, or gives a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:60]!r} is given twice")
    return found
