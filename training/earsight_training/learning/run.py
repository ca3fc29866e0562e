"""What the stages of a training run share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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

    def measured(self, keep_best: bool) -> Run:
        """Return the run as it is, or without a validation where the best epoch is not kept."""
        return self if keep_best else replace(self, validation=None)
