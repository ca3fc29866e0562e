"""What is wrong with a config file, in words: line, key, value, and what would be right."""

from __future__ import annotations

import difflib
import json
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from earsight.config.schema import Config
from earsight.config.section import WRONG_CHOICE, CombinationError, section_kinds
from earsight_files.strict_yaml import Key, YamlTree

_SHOWN = 60  # characters of a refused value

_SIMPLE = {"boolean": "true or false", "null": "null", "string": "a path"}


def explain(error: ValidationError, tree: YamlTree) -> list[tuple[int, str, str]]:
    """Put pydantic's errors into words.

    Returns:
        Line, dotted key and what is wrong, for each problem. The branches of a union repeat it.
    """
    details: list[Any] = list(error.errors(include_url=False))
    wrong_kinds = [detail for detail in details if detail["type"].startswith(WRONG_CHOICE)]
    details += [other for detail in wrong_kinds for other in _others(detail)]
    return [_explain(detail, tree) for detail in details]


def dotted(key: Key) -> str:
    """A key as it is written in messages, such as "voice.rate"."""
    return printable(".".join(str(part) for part in key))


def got(tree: YamlTree, key: Key) -> str:
    """The value that stands at a key, shortened."""
    value = _value(tree, key)
    if isinstance(value, dict):
        return "a section"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        shown = json.dumps(value[: _SHOWN + 1], ensure_ascii=False)
    else:
        shown = tree.sources.get(key) or "null"
    return printable(shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "...")


def printable(text: str) -> str:
    """On one line, with what a screen can't show escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _others(detail: Any) -> list[Any]:
    """What else is wrong with a section whose kind there is not, as far as the kinds have it in common."""
    key, owner, _ = _locate(detail["loc"])
    kinds = section_kinds(owner.model_fields[str(key[-1])].annotation)
    common = set.intersection(*(set(kind.model_fields) for kind in kinds)) - {_chooser(detail)}
    of_some_kind = {name for kind in kinds for name in kind.model_fields} - common
    values = {name: value for name, value in detail["input"].items() if name not in of_some_kind}
    try:
        kinds[0].model_validate(values)
    except ValidationError as error:
        place = (*detail["loc"], _choice(kinds[0]))
        return [
            other | {"loc": (*place, *other["loc"])}
            for other in error.errors(include_url=False)
            if other["loc"][:1] not in {(name,) for name in of_some_kind}
        ]
    return []


def _chooser(detail: Any) -> str:
    """The key that the kind of a section is chosen by."""
    return str(detail["type"]).removeprefix(WRONG_CHOICE)


def _explain(detail: Any, tree: YamlTree) -> tuple[int, str, str]:
    key, owner, unknown = _locate(detail["loc"])
    cause = detail.get("ctx", {}).get("error")
    if detail["type"] == "extra_forbidden":
        key = (*key, *unknown)
        return _line(tree, key), dotted(key), _suggest(key, owner)
    if detail["type"].startswith(WRONG_CHOICE):
        choices = section_kinds(owner.model_fields[str(key[-1])].annotation)
        key = (*key, _chooser(detail))
        expected = "one of " + ", ".join(map(_choice, choices))
    elif isinstance(cause, CombinationError):
        key, expected = (*key, *cause.key.split(".")), cause.expected
    elif isinstance(cause, ValueError):
        expected = str(cause)
    else:
        expected = _expected(key, owner)
    if "text" in expected and _read_as_other(tree, key):
        expected += " (put it in quotes)"
    found = "missing" if detail["type"] == "missing" else f"got {got(tree, key)}"
    return _line(tree, key), dotted(key), f"{found}; expected {expected}"


def _locate(loc: tuple[int | str, ...]) -> tuple[Key, type[BaseModel], Key]:
    """The keys of a pydantic location, the section that the last of them stands in, and what is no key.

    pydantic names the branches of unions as well. A section that there are several kinds of is followed by
    its kind, and a mapping of sections by the name of one.
    """
    key: Key = ()
    owner: type[BaseModel] = Config
    kinds: list[type[BaseModel]] = [Config]
    mapping = False
    for depth, name in enumerate(loc):
        if mapping:
            key, mapping = (*key, name), False
            continue
        if name == "[key]":  # what is wrong is the name in a mapping
            return key, owner, ()
        if len(kinds) > 1:
            kinds = [kind for kind in kinds if _choice(kind) == name]
            continue
        if not kinds or name not in kinds[0].model_fields:
            owner = kinds[0] if kinds else owner
            return key, owner, tuple(loc[depth:])
        owner, key = kinds[0], (*key, name)
        annotation = owner.model_fields[str(name)].annotation
        kinds, mapping = section_kinds(annotation), get_origin(annotation) is dict
    return key, owner, ()


def _choice(kind: type[BaseModel]) -> str:
    """The value that a section of this kind is chosen by: that of the only key that allows but one."""
    annotations = [field.annotation for field in kind.model_fields.values()]
    literals = [get_args(annotation) for annotation in annotations if get_origin(annotation) is Literal]
    return next((str(values[0]) for values in literals if len(values) == 1), "")


def _suggest(key: Key, owner: type[BaseModel]) -> str:
    """What a key that there is not might have been."""
    wrong, here = str(key[-1]), list(owner.model_fields)
    close = difflib.get_close_matches(wrong, here, n=1)
    if close:
        return f"unknown key; did you mean {dotted((*key[:-1], close[0]))}?"
    for section, field in Config.model_fields.items():
        there = {name: None for kind in section_kinds(field.annotation) for name in kind.model_fields}
        elsewhere = difflib.get_close_matches(wrong, list(there), n=1, cutoff=0.8)
        if elsewhere:
            return f"unknown key; did you mean {section}.{elsewhere[0]}?"
    return f"unknown key; expected one of {', '.join(here)}"


def _expected(key: Key, owner: type[BaseModel]) -> str:
    schema = _schema(owner)
    name = next(part for part in reversed(key) if part in schema["properties"])
    return describe(schema["properties"][name], schema)


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def describe(node: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a piece of the JSON Schema allows, in words."""
    if reference := node.get("$ref"):
        node = schema["$defs"][reference.rsplit("/", 1)[-1]]
    if "oneOf" in node:  # the kinds of one section
        node = node["oneOf"][0]
        return describe(node, schema)
    if "anyOf" in node:
        return ", or ".join(describe(branch, schema) for branch in node["anyOf"])
    if "enum" in node:
        return "one of " + ", ".join(str(value) for value in node["enum"])
    if "const" in node:
        return str(node["const"])
    kind = node.get("type")
    if kind == "array":
        return "a list of these"
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


def _line(tree: YamlTree, key: Key) -> int:
    """Where the key stands, or what it would stand in."""
    while key and key not in tree.lines:
        key = key[:-1]
    return tree.lines.get(key, 1)


def _value(tree: YamlTree, key: Key) -> Any:
    value = tree.value
    for part in key:
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def _read_as_other(tree: YamlTree, key: Key) -> bool:
    """Whether YAML takes what may have been meant as text, such as the language `no`, for something else."""
    value = _value(tree, key)
    return isinstance(value, bool | int | float) and bool(tree.sources.get(key))
