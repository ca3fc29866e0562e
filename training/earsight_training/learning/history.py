"""The record of each epoch of a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class EpochRecord:
    """One row of the learning curve.

    Attributes:
        epoch: The first is 1.
        losses: Means over the epoch's steps, by name.
        learning_rates: At the end of the epoch, by the group of parameters.
        seconds: Of training, without validation.
        throughput: Per second, by name: photos, and captions where their number is known.
        metrics: What validation measured, by name.
    """

    epoch: int
    losses: dict[str, float]
    learning_rates: dict[str, float]
    seconds: float
    throughput: dict[str, float]
    metrics: dict[str, float] = field(default_factory=dict)

    @staticmethod
    def of(row: dict[str, Any]) -> EpochRecord:
        """Read what as_dict() returned.

        Args:
            row: Plain values.

        Raises:
            TypeError: They are something else.
        """
        return EpochRecord(**row)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for a checkpoint."""
        return asdict(self)

    def columns(self) -> Iterator[tuple[str, float]]:
        """Yield everything but the epoch's number, as "group/name" and value."""
        groups = {
            "loss": self.losses,
            "metric": self.metrics,
            "learning_rate": self.learning_rates,
            "per_second": self.throughput,
        }
        for group, values in groups.items():
            for name, value in values.items():
                yield f"{group}/{name}", value
        yield "seconds", self.seconds
