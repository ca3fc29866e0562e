"""What a key of the settings allows, in words: in English for the screen, and as a message for the ear."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from earsight.message import Message, message

_SIMPLE = {"boolean": "true or false", "null": "null", "string": "a path"}


def describe(node: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a piece of the JSON Schema allows, in words."""
    node = _resolved(node, schema)
    if "anyOf" in node:
        return ", or ".join(describe(branch, schema) for branch in node["anyOf"])
    if "enum" in node:
        return "one of " + ", ".join(str(value) for value in node["enum"])
    if "const" in node:
        return str(node["const"])
    kind = node.get("type")
    if kind == "array":
        examples = node["items"].get("examples")
        return f"a list of texts such as {examples[0]}" if examples else "a list of these"
    if kind in ("integer", "number"):
        what = "a whole number" if kind == "integer" else "a number"
        if "minimum" not in node:
            return what
        return f"{what} from {node['minimum']:g} to {node['maximum']:g}"
    if kind == "object" and "patternProperties" in node:
        (value,) = node["patternProperties"].values()
        return f"keys such as {node['propertyNames']['examples'][0]}, each with {describe(value, schema)}"
    if kind == "object":
        return "a section with the keys " + ", ".join(node["properties"])
    if kind == "string" and "examples" in node:
        return f"text such as {node['examples'][0]}"
    return _SIMPLE[str(kind)]


def spoken(node: dict[str, Any], schema: dict[str, Any]) -> Message:
    """The same as describe(), to be said in any language."""
    node = _resolved(node, schema)
    if "anyOf" in node:
        *others, last = (spoken(branch, schema) for branch in node["anyOf"])
        for other in reversed(others):
            last = message("doctor.expected.either", one=other, other=last)
        return last
    if "enum" in node:
        return one_of(node["enum"])
    if "const" in node:
        return message("doctor.expected.exactly", value=str(node["const"]))
    kind = node.get("type")
    if kind in ("integer", "number") and "minimum" not in node:
        return message("doctor.expected.any_number")
    if kind == "integer":
        return message("doctor.expected.whole_number", low=node["minimum"], high=node["maximum"])
    if kind == "number":
        return message("doctor.expected.number", low=node["minimum"], high=node["maximum"])
    if kind == "object" and "properties" in node:
        return message("doctor.expected.keys", keys=", ".join(node["properties"]))
    if kind == "string" and "examples" in node:
        return message("doctor.expected.text", example=node["examples"][0])
    return _SPOKEN.get(str(kind), OTHER)


OTHER = message("doctor.expected.other")
_SPOKEN = {
    "boolean": message("doctor.expected.switch"),
    "null": message("doctor.expected.null"),
    "string": message("doctor.expected.path"),
}


def one_of(choices: Iterable[object]) -> Message:
    """One of several values, as they are written."""
    return message("doctor.expected.one_of", choices=", ".join(map(str, choices)))


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference means; of the kinds of one section, the first."""
    if reference := node.get("$ref"):
        node = schema["$defs"][reference.rsplit("/", 1)[-1]]
    return _resolved(node["oneOf"][0], schema) if "oneOf" in node else node
