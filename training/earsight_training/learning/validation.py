"""What is measured between epochs, and which epoch was the best."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from earsight_training.errors import TrainingError
from earsight_training.learning.history import EpochRecord


@dataclass(frozen=True)
class Validation:
    """Measured after each epoch, in the main process while the others wait.

    Attributes:
        measure: From the model (averaged, if there is an average; in eval mode, without gradients) to metrics
            by name.
        monitor: The metric, better when higher, whose best epoch is kept.
        patience: Epochs without a better value of it, after which training stops; None: it never does.
    """

    measure: Callable[[nn.Module], dict[str, float]]
    monitor: str | None = None
    patience: int | None = None

    def metrics(self, model: nn.Module) -> dict[str, float]:
        """Measure.

        Args:
            model: In whatever mode; it is left in that.

        Raises:
            TrainingError: The monitored metric is not among what was measured.
        """
        with _evaluating(model):
            metrics = self.measure(model)
        if self.monitor and self.monitor not in metrics:
            raise TrainingError(f"validation measures {', '.join(metrics)}, not {self.monitor}, to monitor")
        return metrics

    def best(self, history: Sequence[EpochRecord]) -> int | None:
        """Find the first epoch in which the monitored metric was highest.

        Args:
            history: All epochs.

        Returns:
            Its number, from 1; None where the metric was never measured.
        """
        values = {record.epoch: record.metrics.get(self.monitor or "", math.nan) for record in history}
        measured = {epoch: value for epoch, value in values.items() if not math.isnan(value)}
        return max(measured, key=measured.__getitem__, default=None)

    def out_of_patience(self, history: Sequence[EpochRecord]) -> bool:
        """Tell whether training should stop."""
        if self.monitor is None or self.patience is None or not history:
            return False
        return history[-1].epoch - (self.best(history) or 0) >= self.patience


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    training = [module for module in model.modules() if module.training]
    model.eval()
    with torch.no_grad():
        yield
    for module in training:
        module.training = True
