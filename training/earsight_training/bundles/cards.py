"""The model card of a bundle: what the recipe says about its model, and what was measured of it."""

from __future__ import annotations

from collections.abc import Mapping

from earsight_training.recipe import Recipe

_CARD = """\
# {name}

{about}

Licence: {licence}

## Figures
{figures}
"""
_MEASURED = """\
On photos that it was not trained on (the split {splits}), by pycocoevalcap, as the device says it:

| measure | value |
|---|---|
{rows}

`made-up` is the share of captions with an object that no reference mentions; `calibration-error` is the
expected calibration error of the confidence, fitted on one half of the photos and measured on the other."""
_UNMEASURED = "Not measured: nothing is known of how often it is right, and its confidence says so."


def model_card(recipe: Recipe, scores: Mapping[str, float]) -> str:
    """The card with the scores of evaluate.score(); without any, it says that they were not measured."""
    rows = "\n".join(f"| {name} | {value:.4f} |" for name, value in scores.items())
    splits = ", ".join(recipe.data.validation)
    figures = _MEASURED.format(splits=splits, rows=rows) if rows else _UNMEASURED
    about = recipe.about.strip() or "Nothing is said about its data and its limits."
    return _CARD.format(name=recipe.name, about=about, licence=recipe.licence, figures=figures)
