import json
from pathlib import Path

import pytest

from earsight_training.recipe import load_recipe, recipe_from_json
from earsight_training.recipe_file import RecipeError
from earsight_training.recipe_problems import RENAMED

BUILT_IN = Path(__file__).parents[2] / "config/training/builtin.yaml"


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_recipe_with_an_old_key_is_told_the_new_one(tmp_path, old, new):
    recipe = tmp_path / "recipe.yaml"
    section, key = old.split(".")
    written = BUILT_IN.read_text(encoding="utf-8").replace(f"  {new}:", f"  {key}:")
    recipe.write_text(written, encoding="utf-8")
    with pytest.raises(RecipeError, match=rf"{section}\.{key}: is now called {new}"):
        load_recipe(recipe)


def test_a_captioner_that_an_older_version_trained_keeps_its_recipe():
    recipe = load_recipe(BUILT_IN)
    old = json.loads(recipe.model_dump_json())
    for dotted, new in RENAMED.items():
        section, key = dotted.split(".")
        old[section][key] = old[section].pop(new)
    assert recipe_from_json(json.dumps(old)) == recipe_from_json(recipe.model_dump_json()) == recipe
