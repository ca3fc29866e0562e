"""The server on Ray Serve, with one replica of one thread and with two: captions a second.

Ray, its proxy, the server's own process and the clients run on the same machine, and take their share of its
cores; what that is for each photo is told, too. On two cores, only a model that takes several times as long
as the built-in one leaves a second replica the room: --bundle. Clients send the next photo when the last was
answered. Locust makes the load.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.machine import processor
from benchmarks.server.figures import Figures, figures
from benchmarks.server.load import Load, bear
from benchmarks.server.pictures import write_pictures
from tests.earsight_server.ray_serve.cluster import cluster
from tests.earsight_server.ray_serve.served import Served

WANTED = 1.7
"""Times as many captions a second with two replicas."""
REPLICAS = (1, 2)
_CLIENTS, _PICTURES = 8, 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both, by turns.

    Args:
        arguments: Words after the program's name; None takes the process'.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(
        prog="script/bench ray", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20, help="of each load (20)")
    parser.add_argument("--rounds", type=int, default=3, help="of both numbers of replicas (3)")
    parser.add_argument("--bundle", default="builtin", metavar="DIR", help="model (the built-in one)")
    options = parser.parse_args(arguments)
    found: dict[int, list[Round]] = {replicas: [] for replicas in REPLICAS}
    with tempfile.TemporaryDirectory() as folder, cluster(cores=max(REPLICAS)) as made:
        (pictures := Path(folder) / "pictures").mkdir()
        write_pictures(pictures, _PICTURES)
        served = Served(made, Path(folder))
        for _ in range(options.rounds):
            for replicas in REPLICAS:
                served.deploy({"captioner": {"bundle": options.bundle}}, replicas)
                served.wait_until_all_run()
                served.wait_until_it_answers()
                found[replicas].append(_measured(served, options.seconds, pictures))
    return _told(found)


@dataclass(frozen=True, slots=True)
class Round:
    """What was measured of one load.

    Attributes:
        figures: How it was borne.
        looking: Seconds of a processor for each photo, of the replicas that looked at it.
        rest: The same, of all else but the clients.
    """

    figures: Figures
    looking: float
    rest: float


def _measured(served: Served, seconds: float, pictures: Path) -> Round:
    path = "/v1/describe"
    bear(served.base, Load(path, 5, _CLIENTS), pictures)  # what is used for the first time is slow
    before = served.cluster.head.processor_seconds()
    answers = bear(served.base, Load(path, seconds, _CLIENTS), pictures)
    looking, rest = np.subtract(served.cluster.head.processor_seconds(), before) / max(1, len(answers))
    return Round(figures(answers), float(looking), float(rest))


def _told(found: dict[int, list[Round]]) -> int:
    print(f"{processor()}; {_CLIENTS} clients, one thread a replica; a line for each round\n")
    print("| replicas | captions a second | p50 | p99 | errors | looking at a photo | Ray and the rest |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for replicas, rounds in found.items():
        for each in rounds:
            measured = (each.figures.p50, each.figures.p99, each.looking, each.rest)
            p50, p99, looking, rest = (f"{1000 * (time or 0):,.0f} ms" for time in measured)
            rate, errors = f"{each.figures.rate:.2f}", each.figures.errors
            print(f"| {replicas} | {rate} | {p50} | {p99} | {errors} | {looking} | {rest} |")
    pairs = zip(*(found[replicas] for replicas in REPLICAS), strict=True)
    times = [two.figures.rate / one.figures.rate for one, two in pairs]
    told = ", ".join(f"{each:.2f}" for each in times)
    print(
        f"\nTwo replicas carry {median(times):.2f} times what one carries: the median of {told}, by rounds."
    )
    errors = sum(each.figures.errors for rounds in found.values() for each in rounds)
    return 1 if errors or median(times) < WANTED else 0


if __name__ == "__main__":
    sys.exit(main())
