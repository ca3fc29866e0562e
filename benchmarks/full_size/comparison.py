"""All systems caption the same picture in turn, round after round: what slows the machine slows all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tqdm import tqdm

from benchmarks.full_size.systems import FLOAT32, INT8, PUBLISHED
from benchmarks.full_size.worker import Asked

PAUSE = 0.2
"""Seconds before a caption, in which the threads of the system before it go to sleep."""
WANTED = {FLOAT32: 15.0, INT8: 30.0}
"""Times the speed of the published algorithm that the project wants."""
WANTED_MB = {INT8: 450.0}
"""Resident, at most."""


@dataclass(frozen=True)
class Measured:
    """One system. seconds: by stage, of each round. resident_mb: after its first caption; peak_mb: of all its
    life; both of its whole process, in MB of 2**20 bytes."""

    system: str
    seconds: list[dict[str, float]]
    tokens: int
    parameters: int | None
    resident_mb: float
    peak_mb: float

    def median(self, stage: str) -> float | None:
        """None for a stage that it does not have."""
        if stage not in self.seconds[0]:
            return None
        return statistics.median(row[stage] for row in self.seconds)

    @property
    def total(self) -> float:
        return statistics.median(row["total"] for row in self.seconds)


def compare(workers: Mapping[str, Asked], rounds: int, tokens: int) -> list[Measured]:
    """tokens: that every caption has to have; raises ValueError for a system that writes fewer or more."""
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
    """How many times as fast as the published algorithm each system is, by medians; empty without that."""
    totals = {row.system: row.total for row in measured}
    if PUBLISHED not in totals:
        return {}
    return {name: totals[PUBLISHED] / total for name, total in totals.items()}


def missed(measured: list[Measured]) -> list[str]:
    """What is slower or larger than the project wants, in words."""
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
