"""What is wrong with a recipe, in words: line, key, what is there and what should be."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from earsight_files.strict_yaml import Key, YamlTree

_KINDS = frozenset(
    {"conv", "efficientnet-lite", "clip", "bundle", "cells", "mlp", "transformer", "own", "gpt2"}
)
"""Names of the kinds of a section, which pydantic puts among the keys."""


RENAMED = {"refine.fine": "hallucination_penalty", "refine.cross_entropy": "cross_entropy_weight"}
"""From a key as older versions had it to its name now."""

_SHOWN = 60  # characters of a refused value
_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "a text: put it in quotes",
    "bool_type": "true or false",
    "tuple_type": "a list, such as [train, val]",
    "model_type": "a section",
    "model_attributes_type": "a section",
}
"""By pydantic's types of errors; the others' own words will do."""


def explain(error: ValidationError, tree: YamlTree) -> str:
    """Describe the first thing that is wrong.

    Args:
        error: pydantic's.
        tree: What the file holds.
    """
    first = error.errors()[0]
    # Without the names of the kinds of a section, which pydantic puts among the keys.
    key = tuple(part for part in first["loc"] if part not in _KINDS)
    here = key
    while here and here not in tree.lines:  # a key that is missing has the line of its section
        here = here[:-1]
    where = f"line {tree.lines[here]}: {dotted(key)}" if key else "the recipe"
    if first["type"] == "missing":
        return f"{where}: missing"
    if first["type"] == "extra_forbidden":
        return f"{where}: {_unknown(dotted(key))}"
    what = _EXPECTED.get(first["type"])
    if what is None:
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    return f"{where}: got {_shown(first['input'], tree.sources.get(key))}; expected {what}"


def _unknown(key: str) -> str:
    return f"is now called {RENAMED[key]}" if key in RENAMED else "unknown key"


def _shown(value: Any, source: str | None) -> str:
    """A value as it was written, shortened; a text in quotes."""
    if isinstance(value, dict | list):
        return "a section" if isinstance(value, dict) else "a list"
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else source or "nothing"
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def dotted(key: Key) -> str:
    """Write a key as people do, with dots."""
    return ".".join(str(part) for part in key)
