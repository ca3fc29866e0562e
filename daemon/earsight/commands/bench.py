"""earsight bench: how long captions take on this machine, and how long it would need at the least."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from earsight.bench.measurement import BenchError, BenchSettings, measure
from earsight.commands.arguments import file_path

EXAMPLES = ("--captions 20 builtin",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "bundles",
        nargs="*",
        default=["builtin"],
        metavar="BUNDLE",
        help="model bundles to compare: folders, or builtin (the default)",
    )
    parser.add_argument(
        "--photo", type=file_path, metavar="FILE", help="photo to caption (default: a demo photo)"
    )
    parser.add_argument(
        "--captions",
        type=_number(1, 1_000_000),
        default=100,
        metavar="N",
        help="captions to measure (default: %(default)s)",
    )
    parser.add_argument(
        "--threads",
        type=_number(0, 256),
        default=0,
        metavar="N",
        help="processor threads (default: as many as there are cores)",
    )
    parser.add_argument(
        "--beams", type=_number(1, 64), metavar="N", help="beam width (default: the bundle's)"
    )
    parser.add_argument(
        "--tokens",
        type=_number(1, 512),
        metavar="N",
        help="exact length of every caption, to compare models whose captions differ in length",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _number(low: int, high: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{value} is not between {low} and {high}")
        return value

    return number


def run(arguments: argparse.Namespace) -> int:
    """0: all bundles were measured. Raises BenchError."""
    from earsight.bench.machine import machine
    from earsight.bench.table import heading, table

    photo = arguments.photo or _demo_photo()
    settings = BenchSettings(
        "", str(photo), arguments.captions, arguments.threads, arguments.beams, arguments.tokens
    )
    measured = []
    for bundle in arguments.bundles:
        if sys.stderr is not None and sys.stderr.isatty():
            print(f"measuring {bundle}, {settings.captions} captions ...", file=sys.stderr)
        measured.append(measure(replace(settings, bundle=bundle)))
    report = {
        "machine": machine(),
        "photo": str(photo),
        "captions": settings.captions,
        "threads": settings.threads,
        "bundles": measured,
    }
    print(json.dumps(report) if arguments.json else f"{heading(report)}\n\n{table(measured)}")
    return 0


def _demo_photo() -> Path:
    from earsight.cameras.replay import demo_photos
    from earsight.cameras.source import CameraError

    try:
        return demo_photos()[0]
    except CameraError as error:
        raise BenchError(
            "there is no demo photo to caption: choose a photo with --photo FILE, or pip install scikit-image"
        ) from error
