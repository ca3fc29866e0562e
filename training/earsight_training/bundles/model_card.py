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
On {photos}, by pycocoevalcap, as the device says it:

| measure | value |
|---|---|
{rows}

`made-up` is the share of captions with an object that no reference mentions, `made-up at 85 %` that of
the 85 % of captions that it is surest of; `calibration-error` is the expected calibration error of the
confidence. For both, the confidence was fitted on other photos of the split than it was measured on.

{probe}"""
_WITH_PROBE = (
    "It was trained to be unsure of images that show nothing to describe (dark, covered, walls, sky, print,"
    " blur)."
)
_WITHOUT_PROBE = (
    "It was not trained to be unsure of images that show nothing to describe (its training photos were not at"
    " hand): it may describe them as surely as others."
)
_UNMEASURED = "Not measured: nothing is known of how often it is right, and its confidence says so."


_UNSEEN = "photos that it was not trained on (the split {splits})"
_PERHAPS_SEEN = (
    "photos (the split {splits}) of which it is not known whether it was trained on them, since the model was"
    " trained elsewhere"
)


def model_card(
    recipe: Recipe,
    scores: Mapping[str, float],
    *,
    has_probe: bool = False,
    knows_its_photos: bool = True,
) -> str:
    """Write the card.

    Args:
        recipe: With its texts about name, licence, data and limits.
        scores: By name; without any, the card says that nothing was measured.
        has_probe: Whether the bundle has a probe for uninformative images.
        knows_its_photos: Whether it is known what it was trained on; if so, the scores are of other photos.

    Returns:
        Markdown.
    """
    rows = "\n".join(f"| {name} | {value:.4f} |" for name, value in scores.items())
    splits = ", ".join(recipe.data.validation)
    photos = (_UNSEEN if knows_its_photos else _PERHAPS_SEEN).format(splits=splits)
    probe = _WITH_PROBE if has_probe else _WITHOUT_PROBE
    figures = _MEASURED.format(photos=photos, rows=rows, probe=probe) if rows else _UNMEASURED
    about = recipe.about.strip() or "Nothing is said about its data and its limits."
    return _CARD.format(name=recipe.name, about=about, licence=recipe.licence, figures=figures)
