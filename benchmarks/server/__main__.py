"""`earsight serve` under load: captions a second, waiting times and memory, at 1, 8 and 64 clients.

The built-in model first. Then the published captioner at full size, random weights: ours in int8 against a
Flask server that works as the published page does, with as many beams and tokens, in the same run. Clients
send the next photo when the last was answered; one that gets a 503 waits as long as that says. Locust makes
the load. The first run makes the weights (2.4 GB, minutes); the rest takes about 11 minutes.

--soak SECONDS measures something else: random arrivals at twice the rate that the server can answer. It ends
with status 1 if anything but a 503 with Retry-After comes, if memory grows, or if the server is not as quick
afterwards as it was before.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks.full_size.__main__ import add_work, prepare
from benchmarks.full_size.sizes import BY_NAME, FULL, Sizes
from benchmarks.full_size.systems import INT8
from benchmarks.machine import processor
from benchmarks.server.figures import figures
from benchmarks.server.load import Load, LoadError, bear
from benchmarks.server.pictures import write_pictures
from benchmarks.server.programs import Program, ProgramError, earsight, published_page
from benchmarks.server.soak import report, soak
from benchmarks.server.table import Measured, best_rate, markdown

CLIENTS = (1, 8, 64)
PICTURES = 64
SOAK_PICTURES, SOAK_SIDES = 500, (320, 480, 640, 720)
"""Of all sizes: what they need is no memory that the last one has left."""
WANTED = 20
"""Times as many captions a second as the published page's way of working."""
BUILT_IN, OURS, PUBLISHED = "Earsight, built-in model", "Earsight, full size, int8", "the published way"
MODELS = ("builtin", "full-size")
DESCRIBE, PAGE = "/v1/describe", "/"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison, or the soak.

    Args:
        arguments: Words after the program's name; None takes the process'.

    Returns:
        The exit status.
    """
    options = _options(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            (pictures := Path(folder) / "pictures").mkdir()
            if options.soak:
                write_pictures(pictures, SOAK_PICTURES, SOAK_SIDES)
            else:
                write_pictures(pictures, PICTURES)
            measure = _soak if options.soak else _comparison
            return measure(options, Path(folder), pictures)
    except (LoadError, ProgramError) as error:
        print(f"server: {error}", file=sys.stderr)
        return 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench server", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20, help="of each load on Earsight (20)")
    parser.add_argument("--published-seconds", type=float, default=120, help="on the published way (120)")
    parser.add_argument("--workers", type=int, default=1, help="of earsight serve (1)")
    parser.add_argument("--threads", type=int, default=0, help="of each worker; 0, the default: all cores")
    parser.add_argument("--only", nargs="+", choices=MODELS, default=MODELS, help="what is measured (all)")
    parser.add_argument("--soak", type=float, metavar="SECONDS", help="twice the capacity, for so long")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    add_work(parser)
    parser.add_argument("--sizes", choices=BY_NAME, default=FULL.name, help="tiny: to see whether it runs")
    return parser.parse_args(arguments)


def _comparison(options: argparse.Namespace, folder: Path, pictures: Path) -> int:
    rows = list(_measured(options, folder, pictures))
    print(f"{processor()}; `earsight serve --workers {options.workers}`\n\n{markdown(rows)}")
    if options.json:
        found = {"machine": processor(), "workers": options.workers, "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    failures = [f"{row.server}: {row.figures.errors} errors" for row in rows if row.figures.errors]
    if "full-size" in options.only:
        failures += _slower_than_wanted(rows, BY_NAME[options.sizes])
    for failure in failures:
        print(f"missed: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _slower_than_wanted(rows: list[Measured], sizes: Sizes) -> list[str]:
    """Says how many times as many captions ours makes, each with the number of clients that suits it best."""
    ours, published = best_rate(rows, OURS), best_rate(rows, PUBLISHED)
    if not published:
        return ["the published way made no caption in time: give it more --published-seconds"]
    print(f"\nEarsight makes {ours / published:.1f} times as many captions a second as {PUBLISHED}.")
    if sizes is FULL and ours / published < WANTED:
        return [f"{ours / published:.1f} times as many captions a second, wanted {WANTED}"]
    return []


def _measured(options: argparse.Namespace, folder: Path, pictures: Path) -> Iterator[Measured]:
    captioner = {"threads": options.threads}
    if "builtin" in options.only:
        built_in = partial(earsight, {"captioner": captioner}, folder, options.workers)
        for path in (DESCRIBE, PAGE):
            yield from _loads(BUILT_IN, built_in, path, options.seconds, pictures)
    if "full-size" not in options.only:
        return
    sizes = BY_NAME[options.sizes]
    weights = prepare(options.work, sizes)
    full_size = captioner | {
        "bundle": str(weights / INT8),
        "beams": sizes.beams,
        "max_tokens": sizes.tokens,
        "time_limit": 20,  # no caption is cut short, however busy the machine is
    }
    ours = partial(earsight, {"captioner": full_size}, folder, options.workers)
    yield from _loads(OURS, ours, DESCRIBE, options.seconds, pictures)
    published = partial(published_page, weights, sizes.name)
    yield from _loads(PUBLISHED, published, PAGE, options.published_seconds, pictures)


def _loads(
    name: str,
    start: Callable[[], AbstractContextManager[Program]],
    path: str,
    seconds: float,
    pictures: Path,
) -> Iterator[Measured]:
    """A server of its own for each: one that has not noticed that its clients have gone is still at work."""
    for clients in CLIENTS:
        load = Load(path, seconds, clients)
        with start() as program, program.memory() as memory:
            program.warm_up(path, next(pictures.iterdir()))
            found = figures(bear(program.url, load, pictures))
        yield Measured(name, load, found, memory.peak)
        print(f"{name}, {path}, {clients} clients: {found.rate:.2f} a second", file=sys.stderr)


def _soak(options: argparse.Namespace, folder: Path, pictures: Path) -> int:
    with earsight({"captioner": {"threads": options.threads}}, folder, options.workers) as program:
        found = soak(program, options.soak, pictures)
    print(f"{processor()}\n\n{report(found)}")
    if options.json:
        options.json.write_text(json.dumps(asdict(found), indent=2) + "\n", encoding="utf-8")
    for failure in found.failures:
        print(f"missed: {failure}", file=sys.stderr)
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
