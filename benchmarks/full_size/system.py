"""What every compared system can do, and how its time is taken."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

Found = list[tuple[tuple[int, ...], float]]
"""Tokens and their mean log-probability, of each beam, best first."""


@dataclass
class Stages:
    """seconds: by the stage's name, in the order in which they ran."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


class System(Protocol):
    parameters: int | None
    """None where they can't be counted, as in a graph."""

    def caption(self, pixels: np.ndarray, stages: Stages) -> tuple[int, ...]:
        """pixels: uint8 (height, width, 3). Returns the new tokens of the best caption.

        Stages: "encode", preprocessing too; "mapper", where it is apart; "decode".
        """
        ...
