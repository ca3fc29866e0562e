"""A trained detector as one file: what `detect` writes, and what `join` puts into a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.detector_recipe import DetectorRecipe
from earsight_training.errors import TrainingError
from earsight_training.networks.nanodet import NanoDet


@dataclass(frozen=True)
class TrainedDetector:
    """A detector with everything that is needed to use it.

    Attributes:
        recipe: What it was trained by.
        model: In eval mode.
        trained_on: Fingerprints of the photos that it was trained on, uint8 (photos, fingerprints.LENGTH).
    """

    recipe: DetectorRecipe
    model: NanoDet
    trained_on: np.ndarray


def save_detector(path: Path, detector: TrainedDetector) -> None:
    """Write a detector to a file; its weights as float16, in which a bundle has them too.

    Args:
        path: The file.
        detector: The detector.

    Raises:
        OSError: It can't be written.
    """
    weights = {name: values.half() for name, values in detector.model.state_dict().items()}
    save_checkpoint(
        path,
        {
            "detector": 1,
            "recipe": detector.recipe.model_dump_json(),
            "trained_on": torch.from_numpy(detector.trained_on),
            "model": weights,
        },
    )


def load_detector(path: Path) -> TrainedDetector:
    """Read a detector.

    Args:
        path: What save_detector() wrote.

    Raises:
        TrainingError: The file is missing, or something else.
    """
    state = load_checkpoint(path)
    if state is None:
        raise TrainingError(f"{path} is not there; run `earsight-train detect` first")
    try:
        recipe = DetectorRecipe.model_validate_json(state["recipe"])
        model = NanoDet(len(recipe.classes))
        model.load_state_dict({name: values.float() for name, values in state["model"].items()})
        return TrainedDetector(recipe, model.eval(), state["trained_on"].numpy())
    except (KeyError, ValueError, RuntimeError, AttributeError) as error:
        first = str(error).splitlines()[0]
        raise TrainingError(f"{path}: not a detector that this version wrote ({first})") from error
