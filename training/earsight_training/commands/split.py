"""earsight-train split: divide embedded photos into train, val and test."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from earsight_training.atomic import replace_file
from earsight_training.preconditions import require_writable

if TYPE_CHECKING:
    from earsight_training.data.embeddings import EmbeddedPhotos

EXAMPLES = ["photos.safetensors --out photos/split.csv"]
# Cosine of CLIP embeddings. Tools that throw near-duplicates away ask for 0.95 to 0.99; here a pair too many
# only moves a photo to another side, and a pair too few lets a score be learnt by heart: the lowest of them.
NEAR = 0.95


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to less than 1")
    return share


def _cosine(text: str) -> float:
    cosine = float(text)
    if not 0 < cosine <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not over 0 and up to 1")
    return cosine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("embeddings", type=Path, help="what earsight-train embed wrote")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv", help="image,caption,split")
    parser.add_argument("--val", type=_share, default=0.1, help="share of the photos (default: 0.1)")
    parser.add_argument("--test", type=_share, default=0.1, help="share of the photos (default: 0.1)")
    parser.add_argument(
        "--near",
        type=_cosine,
        default=NEAR,
        metavar="COSINE",
        help="photos whose embeddings have this cosine or more stay on one side, and so does what they are"
        f" near to in turn (default: {NEAR}, the lowest that is usual for near-duplicates by CLIP: tying too"
        " many costs little, tying too few lets a score be learnt by heart)",
    )
    parser.add_argument("--seed", type=int, default=1, help="another number, another split (default: 1)")


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    import numpy as np

    from earsight_training.data.embeddings import read_embeddings
    from earsight_training.data.splits import SplitError, divide

    if arguments.val + arguments.test >= 1:
        raise SplitError(f"--val {arguments.val:g} and --test {arguments.test:g} leave nothing to train on")
    require_writable(arguments.out, parents=True)
    embedded = read_embeddings(arguments.embeddings)
    shares = {"test": arguments.test, "val": arguments.val}
    splits, groups = divide(embedded, shares, arguments.near, arguments.seed)
    replace_file(arguments.out, _csv(embedded, splits))
    print(f"{'split':8}{'photos':>8}{'captions':>10}{'groups':>8}")
    for split in ("train", "val", "test"):
        rows = [row for row, own in enumerate(splits) if own == split]
        captions = sum(len(embedded.captions[row]) for row in rows)
        print(f"{split:8}{len(rows):8}{captions:10}{len(set(groups[rows])):8}")
    sizes = np.bincount(groups)
    tied = sizes[sizes > 1]
    print(
        f"{tied.sum()} photos are near-duplicates of another (cosine of {arguments.near:g} or more), in"
        f" {len(tied)} groups, the largest of {tied.max(initial=0)}"
    )
    return 0


def _csv(embedded: EmbeddedPhotos, splits: list[str]) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["image", "caption", "split"])
    for name, captions, split in zip(embedded.names, embedded.captions, splits, strict=True):
        rows.writerows([name, caption, split] for caption in captions)
    return text.getvalue().encode()
