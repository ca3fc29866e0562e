"""All systems caption the same image in turn, round after round: what slows the machine slows all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tqdm import tqdm

from benchmarks.full_size.systems import FLOAT32, INT8, PUBLISHED
from benchmarks.full_size.worker import Client

PAUSE = 0.2
"""Seconds before a caption, in which the threads of the system before it go to sleep."""
WANTED = {FLOAT32: 15.0, INT8: 30.0}
"""Times the speed of the published algorithm that the project wants."""
WANTED_MB = {INT8: 450.0}
"""Resident memory in MB, at most."""


@dataclass(frozen=True)
class Measured:
    """What one system took.

    Attributes:
        system: Its name.
        seconds: By stage, of each round.
        tokens: Of a caption.
        parameters: Numbers that are learned; None where they can't be counted.
        resident_mb: Of its whole process after its first caption, in MB of 2**20 bytes.
        peak_mb: The most of its life, in MB of 2**20 bytes.
    """

    system: str
    seconds: list[dict[str, float]]
    tokens: int
    parameters: int | None
    resident_mb: float
    peak_mb: float

    def median(self, stage: str) -> float | None:
        """Return the median seconds of a stage; None for a stage that it does not have."""
        if stage not in self.seconds[0]:
            return None
        return statistics.median(row[stage] for row in self.seconds)

    @property
    def total(self) -> float:
        """The median seconds of a caption."""
        return statistics.median(row["total"] for row in self.seconds)


def compare(workers: Mapping[str, Client], rounds: int, tokens: int) -> list[Measured]:
    """Let all systems caption in turn.

    Args:
        workers: By system.
        rounds: Captions of each that are timed.
        tokens: That every caption has to have.

    Raises:
        ValueError: A system writes fewer tokens, or more.
    """
    first = {}
    for name, worker in tqdm(workers.items(), desc="loading, first captions", unit="system"):
        found = len(worker.ask("caption")["tokens"])
        if found != tokens:
            raise ValueError(f"{name}: a caption of {found} tokens, not {tokens}")
        first[name] = worker.ask("memory")
    seconds: dict[str, list[dict[str, float]]] = {name: [] for name in workers}
    for _ in tqdm(range(rounds), desc="captions in turn", unit="round"):
        for name, worker in workers.items():
            time.sleep(PAUSE)
            seconds[name].append(worker.ask("caption")["seconds"])
    return [
        Measured(
            system=name,
            seconds=seconds[name],
            tokens=tokens,
            parameters=worker.ask("parameters"),
            resident_mb=first[name]["resident_mb"],
            peak_mb=worker.ask("memory")["peak_mb"],
        )
        for name, worker in workers.items()
    ]


def ratios(measured: list[Measured]) -> dict[str, float]:
    """Compute how many times as fast as the published algorithm each system is, by medians.

    Args:
        measured: The systems.

    Returns:
        By system; empty without the published algorithm.
    """
    totals = {row.system: row.total for row in measured}
    if PUBLISHED not in totals:
        return {}
    return {name: totals[PUBLISHED] / total for name, total in totals.items()}


def missed(measured: list[Measured]) -> list[str]:
    """Describe what is slower or larger than the project wants."""
    slow = [
        f"{name} is {ratio:.1f} times as fast as the published algorithm, wanted {WANTED[name]:.0f}"
        for name, ratio in ratios(measured).items()
        if name in WANTED and ratio < WANTED[name]
    ]
    return slow + [
        f"{row.system} holds {row.resident_mb:.0f} MB, wanted at most {WANTED_MB[row.system]:.0f}"
        for row in measured
        if row.system in WANTED_MB and row.resident_mb > WANTED_MB[row.system]
    ]
