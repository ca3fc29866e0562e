"""How the learning rate goes over the steps of a run, as a factor of the rate that the recipe names."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

Schedule = Literal["cosine", "linear"]


def warmup_cosine(step: int, warmup: int, total: int) -> float:
    """Linear up over warmup steps, from 1 / warmup at step 0; then a cosine down to nothing."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warmup) / max(1, total - warmup))))


def warmup_linear(step: int, warmup: int, total: int) -> float:
    """Linear up over warmup steps, from nothing at step 0; then linear down to nothing.

    As transformers' get_linear_schedule_with_warmup, which ClipCap and the published captioner used.
    """
    if step < warmup:
        return step / warmup
    return max(0.0, (total - step) / max(1, total - warmup))


FACTORS: dict[Schedule, Callable[[int, int, int], float]] = {
    "cosine": warmup_cosine,
    "linear": warmup_linear,
}
