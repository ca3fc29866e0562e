"""YAML text to plain values that remember where they stand, so that an error can name its line.

Stricter than YAML: only text, numbers, true/false, null, lists and mappings; no key twice; and bounded, so
that no file, however hostile, takes long or much memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 20
MAX_VALUES = 5000  # after aliases are followed: a billion laughs end here
MAX_NUMBER = 100  # characters; Python reads longer ones slowly

_TAG = "tag:yaml.org,2002:"
_SCALARS = {_TAG + name for name in ("null", "bool", "int", "float", "str")}
# 2024-01-01 unquoted is text here: no key of ours takes a date.
_TEXTS = {_TAG + name for name in ("str", "timestamp", "value")}

Key = tuple[str | int, ...]


class YamlTreeError(Exception):
    """What is wrong, and on which line (from 1)."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


@dataclass
class YamlTree:
    """value: the plain values. lines: line (from 1) of every value, by its keys; sources: scalars as written.

    duplicates: keys given twice, each with the line of the repetition and of the first.
    """

    value: Any = None
    lines: dict[Key, int] = field(default_factory=dict)
    sources: dict[Key, str] = field(default_factory=dict)
    duplicates: list[tuple[Key, int, int]] = field(default_factory=list)


def read_tree(text: str) -> YamlTree:
    """Raises YamlTreeError."""
    try:
        loader = _BoundedLoader(text)
        try:
            node = loader.get_single_node()
            return _Grower(loader).grow(node) if node is not None else YamlTree()
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
    """Refuses deep nesting while it reads, before Python's own stack gives way."""

    depth = 0

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

    def __init__(self, loader: yaml.SafeLoader) -> None:
        self._loader = loader
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
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return [self._value(item, (*key, index), _line(item)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return self._mapping(node, key)
        raise _odd_tag(node)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        if node.tag in _TEXTS:
            return node.value
        if node.tag not in _SCALARS:
            raise _odd_tag(node)
        try:
            if len(node.value) > MAX_NUMBER:
                raise ValueError
            return self._loader.construct_object(node)
        except (ValueError, KeyError, IndexError, yaml.YAMLError):  # such as 0x_, or !!int with a word
            raise YamlTreeError(
                _line(node), f"{node.value[:40]!r} is no {node.tag.removeprefix(_TAG)}"
            ) from None

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        first: dict[str, int] = {}
        result: dict[str, Any] = {}
        for name_node, value_node in node.value:
            if not isinstance(name_node, yaml.ScalarNode):
                raise YamlTreeError(_line(name_node), "a key that is not text")
            name, line = name_node.value, _line(name_node)
            if name in first:
                self._tree.duplicates.append(((*key, name), line, first[name]))
                continue
            first[name] = line
            result[name] = self._value(value_node, (*key, name), line)
        return result


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _odd_tag(node: yaml.Node) -> YamlTreeError:
    tag = node.tag.replace(_TAG, "!!")
    return YamlTreeError(
        _line(node), f"the tag {tag[:40]!r}; expected plain text, numbers, lists and mappings"
    )
