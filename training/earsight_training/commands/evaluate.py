"""earsight-train evaluate: score a bundle's captions."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from earsight_training.commands.arguments import add_data, photos
from earsight_training.evaluate import describe, reliability, score


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--split", default="val")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    candidates = describe(arguments.bundle, photos(arguments, [arguments.split]))
    scores = score(candidates)
    if arguments.json:
        print(json.dumps(scores))
        return 0
    for name, value in scores.items():
        print(f"{name:10}{value:8.4f}")
    print("\nconfidence   captions   of these without anything made up")
    for low, high, share, truthful in reliability(candidates):
        print(f"{low:4.2f}-{min(high, 1):4.2f}   {share:8.1%}   {truthful:8.1%}")
    return 0
