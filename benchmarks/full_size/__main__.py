"""One caption at full size: the published algorithm in torch, others that a user might take, and Earsight.

Random weights take as long as trained ones. Every system runs in a process of its own; they take turns, so
that what slows the machine slows all. The first run makes the weights: 2.4 GB, minutes. At full size a run
takes about 12 GB of memory, and per round about a minute on two cores.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.full_size import noise
from benchmarks.full_size.comparison import compare, missed
from benchmarks.full_size.identity import TokenAgreement, agreement
from benchmarks.full_size.sizes import BY_NAME, FULL, Sizes
from benchmarks.full_size.system import Job
from benchmarks.full_size.systems import BUNDLE, CACHED, FLOAT32, INT8, PUBLISHED, SYSTEMS
from benchmarks.full_size.table import as_json, machine, markdown
from benchmarks.full_size.worker import Client, Worker, WorkerError, child_environment
from earsight.bench.machine import available_memory

NEEDED_DISK_GB, NEEDED_MEMORY_GB = 5, 12
UNCACHED_SHARE = 100
"""Of so many prefixes one is also given to the search without a cache, which takes ten seconds and more."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison, or the measurement under noise.

    Args:
        arguments: Words after the program's name; None takes the process'.

    Returns:
        The exit status.
    """
    options = _options(arguments)
    sizes = BY_NAME[options.sizes]
    try:
        return _noise(options, sizes) if options.noise else _comparison(options, sizes)
    except (WorkerError, subprocess.CalledProcessError) as error:
        print(f"full-size: {error}", file=sys.stderr)
        return 1


def add_work(parser: argparse.ArgumentParser) -> None:
    """Add --work, the folder of the weights."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument(
        "--work",
        type=Path,
        default=cache / "earsight-full-size",
        metavar="DIR",
        help="where the weights are, and stay for the next run (%(default)s)",
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench full-size",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_comparison(parser)
    _add_noise(parser)
    add_work(parser)
    parser.add_argument("--threads", type=_count, default=2, help="of each system (2)")
    parser.add_argument("--photo", metavar="FILE", help="what is captioned; default: a generated image")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--sizes", choices=BY_NAME, default=FULL.name, help="tiny: to see whether it runs")
    options = parser.parse_args(arguments)
    if options.plot and options.plot.suffix not in (".svg", ".png"):
        parser.error(f"--plot {options.plot}: the name has to end in .svg or .png")
    needed = {FLOAT32, CACHED, PUBLISHED}
    if options.identity and not needed <= set(options.only):
        parser.error(f"--identity compares {', '.join(sorted(needed))}: leave them in --only")
    return options


def _add_comparison(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=_count, default=5, help="captions of each system that are timed (5)")
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, default=[*SYSTEMS], metavar="SYSTEM")
    parser.add_argument(
        "--identity",
        type=_count,
        metavar="N",
        help=f"compare the tokens after N random prefixes: {FLOAT32} with {CACHED}, and, on a hundredth of "
        f"them, {CACHED} with {PUBLISHED}",
    )
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw seconds and memory (or .png)")


def _add_noise(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--noise", action="store_true", help="how steady captions are while another process keeps a core busy"
    )
    parser.add_argument("--captions", type=_count, default=1000, help="with --noise (1000)")
    parser.add_argument(
        "--bundle",
        default="builtin",
        help=f"with --noise: {FLOAT32}, {INT8} (of full size), a folder, or builtin, the default",
    )


def _count(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text}: not a whole number above 0")
    return int(text)


def _comparison(options: argparse.Namespace, sizes: Sizes) -> int:
    folder = prepare(options.work, sizes)
    free = available_memory() / 2**30
    if sizes is FULL and free < NEEDED_MEMORY_GB:
        print(
            f"full-size: {free:.0f} GB of memory are free, all systems together take "
            f"{NEEDED_MEMORY_GB}: leave some out by --only if this fails",
            file=sys.stderr,
        )
    jobs = [Job(name, str(folder), sizes.name, options.threads, options.photo) for name in options.only]
    with contextlib.ExitStack() as stack:
        workers = {job.system: stack.enter_context(_worker(job)) for job in jobs}
        measured = compare(workers, options.rounds, sizes.tokens)
        agreements = agreements_of(workers, options.identity) if options.identity else []
    print(markdown(measured, agreements, options.threads))
    if options.json:
        options.json.write_text(json.dumps(as_json(measured, agreements, options.threads), indent=2) + "\n")
    if options.plot:
        from benchmarks.full_size.plot import alternative_text, write_plot

        write_plot(options.plot, measured, machine(options.threads))
        print(f"\n![{alternative_text(measured)}]({options.plot})")
    failures = missed(measured) if sizes is FULL else []
    failures += [
        f"{len(one.differences)} of {one.prefixes} prefixes lead {' and '.join(one.systems)} to other tokens"
        for one in agreements
        if one.differences
    ]
    for failure in failures:
        print(f"missed: {failure}", file=sys.stderr)
    return 1 if failures else 0


def agreements_of(workers: Mapping[str, Client], prefixes: int) -> list[TokenAgreement]:
    """Compare ours with the cached search, and that with the published one, on as few prefixes as its
    slowness allows.

    Args:
        workers: By system.
        prefixes: For the first comparison.
    """
    judge, few = workers[CACHED], max(1, prefixes // UNCACHED_SHARE)
    return [
        agreement((FLOAT32, CACHED), workers[FLOAT32], judge, judge, prefixes),
        agreement((CACHED, PUBLISHED), judge, workers[PUBLISHED], judge, few),
    ]


def _noise(options: argparse.Namespace, sizes: Sizes) -> int:
    if options.bundle in (FLOAT32, INT8):
        job = Job(
            options.bundle, str(prepare(options.work, sizes)), sizes.name, options.threads, options.photo
        )
    else:
        from earsight.bundles.bundle import bundle_folder
        from earsight.cameras.replay import demo_photos

        photo = options.photo or str(demo_photos()[0])
        job = Job(BUNDLE, str(bundle_folder(options.bundle)), sizes.name, options.threads, photo)
    with _worker(job) as worker:
        found = noise.spreads(worker, options.captions)
    print(f"{machine(options.threads)}; bundle: {options.bundle}\n\n{noise.markdown(found)}")
    if options.json:
        rows = {name: asdict(spread) for name, spread in found.items()}
        options.json.write_text(json.dumps({"machine": machine(options.threads), **rows}, indent=2) + "\n")
    if found["noise"].ratio > noise.WANTED:
        print(f"missed: p99 is {found['noise'].ratio:.2f} times p50, wanted {noise.WANTED}", file=sys.stderr)
        return 1
    return 0


def prepare(work: Path, sizes: Sizes) -> Path:
    """Make the weights, in a process of its own: that takes gigabytes.

    Args:
        work: Has a folder for each size.
        sizes: Of the networks.

    Returns:
        The folder of the weights.

    Raises:
        CalledProcessError: They can't be made.
        SystemExit: The disk is full.
    """
    folder = work / sizes.name
    folder.mkdir(parents=True, exist_ok=True)
    if sizes is FULL and not (folder / "weights.json").exists():
        free = shutil.disk_usage(folder).free / 2**30
        if free < NEEDED_DISK_GB:
            raise SystemExit(
                f"{folder}: {free:.1f} GB are free, {NEEDED_DISK_GB} are needed; "
                "name another folder by --work"
            )
    command = [sys.executable, "-P", "-m", "benchmarks.full_size.weights", str(folder), sizes.name]
    subprocess.run(command, check=True, env=child_environment(os.cpu_count() or 1))
    return folder


@contextlib.contextmanager
def _worker(job: Job) -> Iterator[Worker]:
    """A worker that has loaded: systems that load at once would need more memory than they keep."""
    worker = Worker(job)
    try:
        worker.ask("parameters")
        yield worker
    finally:
        worker.close()


if __name__ == "__main__":
    sys.exit(main())
