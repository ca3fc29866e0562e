"""Reads a config file, and says what is wrong with it: file, line, key, value, and what would be right."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from earsight.config.schema import Config
from earsight.config.section import CombinationError
from earsight.config.voice import VoiceSection
from earsight.config.yaml_positions import Key, YamlTree, YamlTreeError, read_tree
from earsight.errors import EarsightError

MAX_BYTES = 64 * 1024
_SHOWN = 60  # characters of a refused value


class ConfigError(EarsightError):
    """A config file that can't be used. problems: each one line; the message is all of them, one a line."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def load_config(path: Path | None) -> Config:
    """The settings in a YAML file; keys that it leaves out, and path None, have their defaults.

    Relative paths in the file start at the file's folder. Raises ConfigError with everything that is wrong.
    """
    if path is None:
        return Config()
    shown = printable(str(path))
    try:
        tree = read_tree(_read(path, shown))
    except YamlTreeError as problem:
        raise ConfigError([f"{shown}:{problem.line}: {printable(problem.text)}"]) from None
    if tree.value is None:
        tree.value = {}
    if not isinstance(tree.value, dict):
        sections = ", ".join(Config.model_fields)
        raise ConfigError([f"{shown}:1: got {_got(tree, ())}; expected the keys {sections}"])
    # A section whose keys are all commented out reads as null: it has its defaults.
    values = {key: value for key, value in tree.value.items() if value is not None or not _is_section(key)}
    found = [
        (line, _dotted(key), f"given twice, first on line {first}") for key, line, first in tree.duplicates
    ]
    config = None
    try:
        config = Config.model_validate(values, context={"folder": path.absolute().parent})
    except ValidationError as error:
        found += _explain(error, tree)
    if found or config is None:
        unique = sorted(dict.fromkeys(found))
        raise ConfigError(f"{shown}:{line}: {key}: {what}" for line, key, what in unique)
    return config


def readable_voice(path: Path | None) -> VoiceSection:
    """The section voice of a file that is wrong elsewhere, or the default one: to say that it is wrong."""
    if path is None:
        return VoiceSection()
    try:
        values = read_tree(_read(path, "")).value["voice"]
        return VoiceSection.model_validate(values, context={"folder": path.absolute().parent})
    except (ConfigError, YamlTreeError, ValidationError, LookupError, TypeError):
        return VoiceSection()


def readable_language(path: Path | None) -> str:
    """The language of a file that is wrong elsewhere, or the default one."""
    default: str = Config.model_fields["language"].default
    if path is None:
        return default
    try:
        return Config.model_validate({"language": read_tree(_read(path, "")).value["language"]}).language
    except (ConfigError, YamlTreeError, ValidationError, LookupError, TypeError):
        return default


def printable(text: str) -> str:
    """On one line, with what a screen can't show escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _read(path: Path, shown: str) -> str:
    try:
        if path.is_dir():
            raise ConfigError([f"{shown}: is a folder; expected a YAML file"])
        if path.exists() and not path.is_file():  # reading a pipe or a device might never end
            raise ConfigError([f"{shown}: is a device or a pipe; expected a YAML file"])
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError([f"{shown}: there is no such file"]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError([f"{shown}: can't be read: {reason}"]) from None
    if len(data) > MAX_BYTES:
        raise ConfigError([f"{shown}: larger than {MAX_BYTES // 1024} KiB, so no config file of Earsight"])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError([f"{shown}:{line}: not UTF-8 text; save the file as UTF-8"]) from None


def _is_section(key: str) -> bool:
    return key in Config.model_fields


def _explain(error: ValidationError, tree: YamlTree) -> list[tuple[int, str, str]]:
    """(line, dotted key, what is wrong) of each problem; the branches of a union count once."""
    schema = _schema()
    found = []
    for detail in error.errors(include_url=False):
        cause = detail.get("ctx", {}).get("error")
        key, unknown = _known_part(detail["loc"])
        if isinstance(cause, CombinationError):
            key, expected = (*key, cause.key), cause.expected
        elif detail["type"] == "extra_forbidden":
            key = (*key, *unknown)
            found.append((_line(tree, key), _dotted(key), _unknown(key)))
            continue
        elif isinstance(cause, ValueError):
            expected = str(cause)
        else:
            expected = describe(_node(schema, key), schema)
        got = "missing" if detail["type"] == "missing" else f"got {_got(tree, key)}"
        if "text" in expected and _read_as_other(tree, key):
            expected += " (put it in quotes)"
        found.append((_line(tree, key), _dotted(key), f"{got}; expected {expected}"))
    return found


@cache
def _schema() -> dict[str, Any]:
    return Config.model_json_schema()


def _known_part(loc: tuple[int | str, ...]) -> tuple[Key, Key]:
    """The keys of a pydantic location, without the names of union branches, and what follows them."""
    model: Any = Config
    for depth, name in enumerate(loc):
        fields = model.model_fields if model else {}
        if name not in fields:
            return tuple(loc[:depth]), tuple(loc[depth:])
        model = _model_of(fields[name].annotation)
    return tuple(loc), ()


def _model_of(annotation: Any) -> type[BaseModel] | None:
    for kind in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def _unknown(key: Key) -> str:
    """What a key that there is not might have been."""
    model: Any = Config
    for name in key[:-1]:
        model = _model_of(model.model_fields[name].annotation)
    wrong, here = str(key[-1]), list(model.model_fields)
    close = difflib.get_close_matches(wrong, here, n=1)
    if close:
        return f"unknown key; did you mean {_dotted((*key[:-1], close[0]))}?"
    for section, field in Config.model_fields.items():
        kind = _model_of(field.annotation)
        elsewhere = difflib.get_close_matches(wrong, list(kind.model_fields) if kind else [], n=1, cutoff=0.8)
        if elsewhere:
            return f"unknown key; did you mean {section}.{elsewhere[0]}?"
    return f"unknown key; expected one of {', '.join(here)}"


def _line(tree: YamlTree, key: Key) -> int:
    """Where the key stands, or what it would stand in."""
    while key and key not in tree.lines:
        key = key[:-1]
    return tree.lines.get(key, 1)


def _dotted(key: Key) -> str:
    return printable(".".join(str(part) for part in key))


def _value(tree: YamlTree, key: Key) -> Any:
    value = tree.value
    for part in key:
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return value


def _got(tree: YamlTree, key: Key) -> str:
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


def _read_as_other(tree: YamlTree, key: Key) -> bool:
    """Whether YAML takes what may have been meant as text, such as the language `no`, for something else."""
    value = _value(tree, key)
    return isinstance(value, bool | int | float) and bool(tree.sources.get(key))


def _node(schema: dict[str, Any], key: Key) -> dict[str, Any]:
    """The schema of the value at a key."""
    node = schema
    for part in key:
        node = _mapping_branch(node, schema)["properties"][part]
    return node


def _mapping_branch(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    for branch in node.get("anyOf", [node]):
        resolved = _resolve(branch, schema)
        if "properties" in resolved:
            return resolved
    return node


def _resolve(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref")
    return schema["$defs"][reference.rsplit("/", 1)[-1]] if reference else node


def describe(node: dict[str, Any], schema: dict[str, Any]) -> str:
    """What a piece of the JSON Schema allows, in words."""
    node = _resolve(node, schema)
    if "anyOf" in node:
        return ", or ".join(describe(branch, schema) for branch in node["anyOf"])
    if "enum" in node:
        return "one of " + ", ".join(str(value) for value in node["enum"])
    if "const" in node:
        return str(node["const"])
    kind = node.get("type")
    if kind in ("integer", "number"):
        what = "a whole number" if kind == "integer" else "a number"
        return f"{what} from {node['minimum']:g} to {node['maximum']:g}"
    if kind == "object":
        return "a section with the keys " + ", ".join(node["properties"])
    if kind == "string" and "examples" in node:
        return f"text such as {node['examples'][0]}"
    return {"boolean": "true or false", "null": "null", "string": "a path"}[str(kind)]
