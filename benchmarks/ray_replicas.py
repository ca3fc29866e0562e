"""The server on Ray Serve, with one replica of one thread and with two: captions a second.

The built-in model. Ray, its proxy, the server's own process and the clients run on the same machine, and take
their share of its cores. Clients send the next photo when the last was answered. Locust makes the load.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

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
    options = parser.parse_args(arguments)
    found: dict[int, list[Figures]] = {replicas: [] for replicas in REPLICAS}
    with tempfile.TemporaryDirectory() as folder, cluster(cores=max(REPLICAS)) as made:
        (pictures := Path(folder) / "pictures").mkdir()
        write_pictures(pictures, _PICTURES)
        served = Served(made, Path(folder))
        for _ in range(options.rounds):
            for replicas in REPLICAS:
                served.deploy({}, replicas)
                served.wait_until_all_run()
                served.wait_until_it_answers()
                found[replicas].append(_measured(served, options.seconds, pictures))
    return _told(found)


def _measured(served: Served, seconds: float, pictures: Path) -> Figures:
    bear(served.base, Load("/v1/describe", 3, _CLIENTS), pictures)  # what is used for the first time is slow
    return figures(bear(served.base, Load("/v1/describe", seconds, _CLIENTS), pictures))


def _told(found: dict[int, list[Figures]]) -> int:
    print(f"{processor()}; {_CLIENTS} clients, one thread a replica\n")
    print("| replicas | captions a second | p50 | p99 | errors |\n|---:|---|---:|---:|---:|")
    for replicas, rounds in found.items():
        rates = ", ".join(f"{each.rate:.1f}" for each in rounds)
        p50, p99 = (
            " to ".join(f"{1000 * t:,.0f}" for t in sorted({min(times), max(times)})) + " ms"
            for times in ([each.p50 or 0 for each in rounds], [each.p99 or 0 for each in rounds])
        )
        print(f"| {replicas} | {rates} | {p50} | {p99} | {sum(each.errors for each in rounds)} |")
    one, two = (max(each.rate for each in found[replicas]) for replicas in REPLICAS)
    print(f"\nTwo replicas carry {two / one:.2f} times what one carries, in the best round of each.")
    errors = sum(each.errors for rounds in found.values() for each in rounds)
    return 1 if errors or two / one < WANTED else 0


if __name__ == "__main__":
    sys.exit(main())
