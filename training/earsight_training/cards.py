"""The model card of the built-in model, in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from earsight_training.recipe import Recipe

_CARD = """\
# {name}

A small image captioner for Earsight: a convolutional encoder and a GPT-2-style decoder, our own weights.

## Data and terms
- Trained on the train split and the unassigned photos of Flickr8k (Hodosh, Young and Hockenmaier, 2013,
  "Framing Image Description as a Ranking Task", JAIR 47), which is for research and education, with citation.
- The encoder was first taught by MobileNet V2 (ImageNet; Apache-2.0), by distillation: none of the teacher's
  weights are in this model.
- Licence: {licence}.

## Figures
On Flickr8k's validation split (1,000 photos, five references each), by pycocoevalcap, as the device says it:

{figures}

`made-up` is the share of captions with an object that no reference mentions; `calibration-error` is the
expected calibration error of the confidence, fitted on one half of the photos and measured on the other.

## Limits
- It knows people, dogs and outdoor scenes, since that is what Flickr8k shows. It was not taught traffic,
  kerbs, stairs, crossings, signs or text, and its captions must not be used to judge whether a way is free.
- It is often wrong: see `made-up`. Colours, counts and actions are wrong more often than that.
- English only. Trained on squashed squares of daylight photos held at eye level.
"""


def model_card(recipe: Recipe, scores: Mapping[str, float]) -> str:
    """The card with the scores of evaluate.score(); without any, it says that they were not measured."""
    rows = [f"| {name} | {value:.4f} |" for name, value in scores.items()]
    figures = "\n".join(["| measure | value |", "|---|---|", *rows]) if rows else "Not measured."
    return _CARD.format(name=recipe.name, licence=recipe.licence, figures=figures)
