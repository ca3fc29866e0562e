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

`made-up` is the share of captions with an object that no reference mentions, `made-up at 85 %` that of
the 85 % of captions that it is surest of; `calibration-error` is the expected calibration error of the
confidence. For both, the confidence was fitted on other photos of the split than it was measured on.

{nothing}"""
_KNOWS_NOTHING = (
    "It was shown pictures of nothing (dark, covered, walls, sky, print, blur), and is unsure of them."
)
_KNOWS_NO_NOTHING = (
    "It was not shown pictures of nothing (its training photos were not at hand): it may describe such"
    " pictures as surely as others."
)
_UNMEASURED = "Not measured: nothing is known of how often it is right, and its confidence says so."


def model_card(recipe: Recipe, scores: Mapping[str, float], *, knows_nothing: bool = False) -> str:
    """The card with the scores of evaluate.score(); without any, it says that they were not measured.

    knows_nothing: whether the bundle has a probe for pictures of nothing.
    """
    rows = "\n".join(f"| {name} | {value:.4f} |" for name, value in scores.items())
    splits = ", ".join(recipe.data.validation)
    nothing = _KNOWS_NOTHING if knows_nothing else _KNOWS_NO_NOTHING
    figures = _MEASURED.format(splits=splits, rows=rows, nothing=nothing) if rows else _UNMEASURED
    about = recipe.about.strip() or "Nothing is said about its data and its limits."
    return _CARD.format(name=recipe.name, about=about, licence=recipe.licence, figures=figures)
