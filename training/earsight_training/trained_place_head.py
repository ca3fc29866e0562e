"""A place head as one file: what `place` writes, and what `join` puts into a bundle."""

from __future__ import annotations

from pathlib import Path

from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.data.place_labels import GROUNDS, PLACES
from earsight_training.detector_recipe import DetectorRecipe
from earsight_training.errors import TrainingError
from earsight_training.networks.place_head import PlaceHead


def save_place_head(path: Path, head: PlaceHead, recipe: DetectorRecipe) -> None:
    """Write a head to a file.

    Args:
        path: The file.
        head: Fitted.
        recipe: Whose classes it knows.

    Raises:
        OSError: It can't be written.
    """
    save_checkpoint(path, {"place": 1, "classes": list(recipe.classes), "model": head.state_dict()})


def load_place_head(path: Path, recipe: DetectorRecipe) -> PlaceHead:
    """Read a head.

    Args:
        path: What save_place_head() wrote.
        recipe: Whose classes it has to know.

    Raises:
        TrainingError: The file is missing, something else, or of other classes.
    """
    state = load_checkpoint(path)
    if state is None:
        raise TrainingError(f"{path} is not there; run `earsight-train place` first")
    try:
        if tuple(state["classes"]) != recipe.classes:
            raise TrainingError(f"{path}: of other classes than the detector; run `place` anew")
        channels = state["model"]["places.weight"].shape[1]
        head = PlaceHead(channels, len(PLACES), len(GROUNDS), len(recipe.classes))
        head.load_state_dict(state["model"])
    except (KeyError, RuntimeError, AttributeError) as error:
        first = str(error).splitlines()[0]
        raise TrainingError(f"{path}: not a place head that this version wrote ({first})") from error
    return head.eval()
