"""What the stages of a training run share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from earsight_training.learning.time_limit import TimeLimit
from earsight_training.learning.validation import Validation


@dataclass(frozen=True)
class Run:
    """A training run.

    Attributes:
        work: Folder for checkpoints and the learning curve.
        seed: Of the order and the views of the photos.
        validation: What is measured after each epoch.
        limit: Of the time.
    """

    work: Path
    seed: int
    validation: Validation | None = None
    limit: TimeLimit = field(default_factory=TimeLimit)
