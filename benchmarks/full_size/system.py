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


@dataclass(frozen=True)
class Job:
    """What a worker is to be. All of it travels as JSON.

    Attributes:
        system: Its name.
        folder: Of the weights, or, for the system "bundle", of the bundle.
        sizes: Their name.
        threads: Of the system.
        photo: To caption; None generates an image.
    """

    system: str
    folder: str
    sizes: str
    threads: int
    photo: str | None = None


@dataclass
class Stages:
    """The time of each stage.

    Attributes:
        seconds: By the stage's name, in the order in which they ran.
    """

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block as a stage; a stage that comes again is added to."""
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


class System(Protocol):
    """A captioner.

    Attributes:
        parameters: Numbers that are learned; None where they can't be counted, as in a graph.
    """

    parameters: int | None

    def caption(self, pixels: np.ndarray, stages: Stages) -> tuple[int, ...]:
        """Caption an image.

        Args:
            pixels: uint8 (height, width, 3).
            stages: Gets the times of "encode", preprocessing too; "mapper", where it is apart; "decode".

        Returns:
            The new tokens of the best caption.
        """
        ...
