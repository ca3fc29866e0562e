"""YAML files as models, strictly: nothing is taken for another number, word or kind than was written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from earsight_files.strict_yaml import YamlTreeError, read_tree
from earsight_training.errors import TrainingError
from earsight_training.recipe_problems import dotted, explain

_AnyModel = TypeVar("_AnyModel", bound=BaseModel)


def parse_model(
    path: Path, text: str, kind: type[_AnyModel], what: str, error: type[TrainingError]
) -> _AnyModel:
    """Make a model of a YAML file's text.

    Args:
        path: The file, for messages.
        text: What it holds.
        kind: The model.
        what: What such a file is, with keys as examples: "a recipe: it has no keys such as name".
        error: What is raised for a file that can't be used.

    Raises:
        TrainingError: Of the kind `error`: the text is no YAML, gives a key twice, or does not fit.
    """
    try:
        tree = read_tree(text)
    except YamlTreeError as problem:
        raise error(f"{path}: line {problem.line}: {problem.text}") from problem
    for key, line, first in tree.duplicates:
        raise error(f"{path}: line {line}: {dotted(key)}: given twice, first on line {first}")
    if not isinstance(tree.value, dict):
        raise error(f"{path}: not {what}")
    try:
        return kind.model_validate_json(json.dumps(tree.value), strict=True)
    except ValidationError as problem:
        raise error(f"{path}: {explain(problem, tree)}") from problem
