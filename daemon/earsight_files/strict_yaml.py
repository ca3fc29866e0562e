"""YAML text to plain values that remember where they stand, so that an error can name its line.

Stricter than YAML: only text, decimal numbers, true/false, null, lists and mappings, and nothing that
versions of YAML disagree about. YAML 1.1 takes 017 for 15, 2:30 for 150 and yes for true, YAML 1.2 does not:
here yes and 2:30 are text, and 017 is refused. It is bounded, so that no file, however hostile, takes long or
much memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 20
MAX_VALUES = 5000  # after aliases are followed: a billion laughs end here
MAX_NUMBER = 100  # characters; Python reads longer ones slowly

_TAG = "tag:yaml.org,2002:"
_PLAIN = "!plain"
"""The tag that scalars get that have neither quotes nor a tag."""
_NULLS = ("", "~", "null", "Null", "NULL")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_AMBIGUOUS = re.compile(
    r"[-+]?(0[xX][0-9a-fA-F_]+|0[oObB][0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?)"
)
"""What matches neither of the two above, and is a number in some version of YAML."""

Key = tuple[str | int, ...]


class YamlTreeError(Exception):
    """What is wrong, and on which line.

    Attributes:
        line: Number of the line, from 1.
        text: What is wrong with it, without the line.
    """

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


@dataclass
class YamlTree:
    """The values of a YAML text, with their places.

    Attributes:
        value: The plain values; None for a text without any.
        lines: Line (from 1) of every value, by its keys.
        sources: Scalars as they were written, by their keys.
        duplicates: Keys given twice, each with the line of the repetition and of the first.
    """

    value: Any = None
    lines: dict[Key, int] = field(default_factory=dict)
    sources: dict[Key, str] = field(default_factory=dict)
    duplicates: list[tuple[Key, int, int]] = field(default_factory=list)


def read_tree(text: str) -> YamlTree:
    """Read one YAML document.

    Raises:
        YamlTreeError: it is no YAML, or holds something that is not taken; see the module's text.
    """
    try:
        loader = _BoundedLoader(text)
        try:
            node = loader.get_single_node()
            return _Grower().grow(node) if node is not None else YamlTree()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlTreeError(mark.line + 1 if mark else 1, _complaint(error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlTreeError(
            line, f"a character that YAML does not allow: U+{ord(text[error.position]):04X}"
        ) from None


def _complaint(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.context or ''} {error.problem or 'not YAML'}".strip()
    return "not valid YAML: " + " ".join(said.split())


class _BoundedLoader(yaml.SafeLoader):
    """Refuses deep nesting while it reads, before Python's own stack gives way.

    What scalars mean that have neither quotes nor a tag is decided here, not by YAML 1.1.
    """

    depth = 0
    yaml_implicit_resolvers = {None: [(_PLAIN, re.compile(""))]}  # noqa: RUF012

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise YamlTreeError(_line(parent), f"nested more than {MAX_DEPTH} levels deep")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class _Grower:
    """Turns nodes into values and notes their places."""

    def __init__(self) -> None:
        self._tree = YamlTree()
        self._count = 0

    def grow(self, root: yaml.Node) -> YamlTree:
        self._tree.value = self._value(root, (), _line(root))
        return self._tree

    def _value(self, node: yaml.Node, key: Key, line: int) -> Any:
        self._count += 1
        if self._count > MAX_VALUES or len(key) > MAX_DEPTH:
            raise YamlTreeError(
                _line(node), f"more than {MAX_VALUES} values or {MAX_DEPTH} levels, aliases followed"
            )
        self._tree.lines[key] = line
        if isinstance(node, yaml.ScalarNode):
            self._tree.sources[key] = node.value
            return _scalar(node, key)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self._value(item, (*key, index), _line(item)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, key)
        raise _odd_tag(node)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        first: dict[str, int] = {}
        result: dict[str, Any] = {}
        for name_node, value_node in node.value:
            if not isinstance(name_node, yaml.ScalarNode):
                raise YamlTreeError(_line(name_node), "a key that is not text")
            line = _line(name_node)
            name = _whole_characters(name_node.value, line)
            if name in first:
                self._tree.duplicates.append(((*key, name), line, first[name]))
                continue
            first[name] = line
            result[name] = self._value(value_node, (*key, name), line)
        return result


def _scalar(node: yaml.ScalarNode, key: Key) -> Any:
    text, kind = node.value, node.tag.removeprefix(_TAG)
    if kind == "str":
        return _whole_characters(text, _line(node))
    if kind not in ("null", "bool", "int", "float", _PLAIN):
        raise _odd_tag(node)
    value = _plain(text)
    if isinstance(value, _Ambiguous):
        shown = ".".join(str(part) for part in key)
        raise YamlTreeError(_line(node), f"{shown}: {text[:40]} {value.reason}")
    if kind == "float" and type(value) is int:
        value = float(value)
    if kind != _PLAIN and type(value).__name__.replace("NoneType", "null") != kind:
        raise YamlTreeError(_line(node), f"{text[:40]!r} is no {kind}")
    return value


def _whole_characters(text: str, line: int) -> str:
    """JSON writes what is beyond U+FFFF as two escapes, which PyYAML leaves apart."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise YamlTreeError(line, "half a character, such as \\ud800") from None


@dataclass(frozen=True)
class _Ambiguous:
    """A scalar that is not taken."""

    reason: str


def _plain(text: str) -> Any:
    """What a scalar means that has neither quotes nor a tag."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    whole = _INTEGER.fullmatch(text)
    if whole or _FLOAT.fullmatch(text):
        if len(text) > MAX_NUMBER:
            return _Ambiguous(f"is a number of more than {MAX_NUMBER} characters")
        return int(text) if whole else float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    if _AMBIGUOUS.fullmatch(text):
        return _Ambiguous(
            "means different things in different versions of YAML: write a number in decimal digits without a"
            " leading 0, and a text in quotes"
        )
    return text


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _odd_tag(node: yaml.Node) -> YamlTreeError:
    tag = node.tag.replace(_TAG, "!!")
    return YamlTreeError(
        _line(node), f"the tag {tag[:40]!r}; expected plain text, numbers, lists and mappings"
    )
