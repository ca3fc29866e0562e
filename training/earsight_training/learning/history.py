"""What each epoch of a run came to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class EpochRecord:
    """One row of the learning curve."""

    epoch: int
    """The first is 1."""
    losses: dict[str, float]
    """Means over the epoch's steps."""
    learning_rates: dict[str, float]
    """At the end of the epoch, of each group of parameters."""
    seconds: float
    """Of training, without validation."""
    throughput: dict[str, float]
    """Per second: photos, and captions where their number is known."""
    metrics: dict[str, float] = field(default_factory=dict)
    """What validation measured."""

    @staticmethod
    def of(row: dict[str, Any]) -> EpochRecord:
        """From as_dict(). Raises TypeError for anything else."""
        return EpochRecord(**row)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def columns(self) -> Iterator[tuple[str, float]]:
        """Everything but the epoch's number, as "group/name" and value."""
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
