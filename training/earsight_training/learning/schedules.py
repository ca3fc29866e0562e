"""Learning rate schedules, as factors of the rate that the recipe names."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

Schedule = Literal["cosine", "linear"]


def warmup_cosine(step: int, warmup: int, total: int) -> float:
    """Warm up linearly from 1 / warmup at step 0, then follow a cosine down to 0.

    Args:
        step: From 0.
        warmup: Steps of the warm-up.
        total: Steps of the run.

    Returns:
        A factor, 0 to 1.
    """
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warmup) / max(1, total - warmup))))


def warmup_linear(step: int, warmup: int, total: int) -> float:
    """Warm up linearly from 0 at step 0, then go down linearly to 0.

    As transformers' get_linear_schedule_with_warmup, which ClipCap and the published captioner used.

    Args:
        step: From 0.
        warmup: Steps of the warm-up.
        total: Steps of the run.

    Returns:
        A factor, 0 to 1.
    """
    if step < warmup:
        return step / warmup
    return max(0.0, (total - step) / max(1, total - warmup))


FACTORS: dict[Schedule, Callable[[int, int, int], float]] = {
    "cosine": warmup_cosine,
    "linear": warmup_linear,
}
