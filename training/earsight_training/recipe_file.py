"""Reading a recipe's file, strictly."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from earsight_files.signatures import HEAD, not_downloaded
from earsight_training.errors import TrainingError
from earsight_training.strict_model import parse_model


class RecipeError(TrainingError):
    """The recipe can't be used; the message names the file, the key and what is wrong."""


class RecipeSection(BaseModel):
    """A part of a recipe, strict: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


_AnyRecipe = TypeVar("_AnyRecipe", bound=RecipeSection)


def read_recipe(path: Path, kind: type[_AnyRecipe]) -> _AnyRecipe:
    """Read a recipe, strictly: nothing in it is taken for another number, word or kind than was written.

    Args:
        path: The YAML file.
        kind: What the recipe is of.

    Raises:
        RecipeError: It can't be read, is no YAML, gives a key twice, or does not fit.
    """
    what = "a recipe: it has no keys such as name, licence and about"
    return parse_model(path, _read(path), kind, what, RecipeError)


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
        stand_in = not_downloaded(content[:HEAD])
        if stand_in:
            raise RecipeError(f"{path}: it is {stand_in.what}: {stand_in.remedy}")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise RecipeError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: not a text file in UTF-8: {error}") from error
