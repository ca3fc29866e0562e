"""What is wrong with a config file, in words: line, key, value, and what would be right."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from earsight.config.expected import describe, one_of, spoken
from earsight.config.schema import Config
from earsight.config.section import WRONG_CHOICE, CombinationError, section_kinds
from earsight.message import Message, message
from earsight_files.strict_yaml import Key, YamlTree

_SHOWN = 60  # characters of a refused value

_NESTED = {"a section": message("doctor.settings.section"), "a list": message("doctor.settings.list")}


@dataclass(frozen=True, order=True)
class Mistake:
    """Something that is wrong in a config file.

    Attributes:
        line: From 1.
        key: As it is written in messages, such as "voice.rate".
        what: What is wrong, and what would be right, in English.
        spoken: The same as a message.
    """

    line: int
    key: str
    what: str
    spoken: Message = field(compare=False)


def explain(error: ValidationError, tree: YamlTree) -> list[Mistake]:
    """Put pydantic's errors into words. The branches of a union repeat a mistake."""
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


def _explain(detail: Any, tree: YamlTree) -> Mistake:
    key, owner, unknown = _locate(detail["loc"])
    if detail["type"] == "extra_forbidden":
        key = (*key, *unknown)
        return _suggest(key, owner, tree)
    key, expected, right = _expectation(detail, key, owner)
    if "text" in expected and _read_as_other(tree, key):
        expected += " (put it in quotes)"
        right = message("doctor.expected.quoted", expected=right)
    if detail["type"] == "missing":
        what, said = f"missing; expected {expected}", message("doctor.settings.absent", expected=right)
    else:
        value = got(tree, key)
        what = f"got {value}; expected {expected}"
        said = message("doctor.settings.got", value=_NESTED.get(value, value), expected=right)
    return Mistake(_line(tree, key), dotted(key), what, said)


def _expectation(detail: Any, key: Key, owner: type[BaseModel]) -> tuple[Key, str, Message]:
    """The key that is wrong, and what would be right for it."""
    cause = detail.get("ctx", {}).get("error")
    if detail["type"].startswith(WRONG_CHOICE):
        choices = list(map(_choice, section_kinds(owner.model_fields[str(key[-1])].annotation)))
        return (*key, _chooser(detail)), "one of " + ", ".join(choices), one_of(choices)
    if isinstance(cause, CombinationError):
        return (*key, *cause.key.split(".")), cause.expected, message("doctor.expected.fitting")
    schema = _schema(owner)
    name = next(part for part in reversed(key) if part in schema["properties"])
    node = schema["properties"][name]
    return key, str(cause) if isinstance(cause, ValueError) else describe(node, schema), spoken(node, schema)


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


def _suggest(key: Key, owner: type[BaseModel], tree: YamlTree) -> Mistake:
    """What a key that there is not might have been."""
    here = list(owner.model_fields)
    if meant := _meant(key, here):
        what, said = f"unknown key; did you mean {meant}?", message("doctor.settings.did_you_mean", key=meant)
    else:
        what = f"unknown key; expected one of {', '.join(here)}"
        said = message("doctor.settings.unknown", expected=one_of(here))
    return Mistake(_line(tree, key), dotted(key), what, said)


def _meant(key: Key, here: list[str]) -> str | None:
    """The dotted key of this section, or else of another one, that looks most like an unknown one."""
    wrong = str(key[-1])
    if close := difflib.get_close_matches(wrong, here, n=1):
        return dotted((*key[:-1], close[0]))
    for section, description in Config.model_fields.items():
        there = {name: None for kind in section_kinds(description.annotation) for name in kind.model_fields}
        if elsewhere := difflib.get_close_matches(wrong, list(there), n=1, cutoff=0.8):
            return f"{section}.{elsewhere[0]}"
    return None


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


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
