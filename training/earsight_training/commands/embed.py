"""earsight-train embed: photos to a file of embeddings, by an image encoder of OpenAI's CLIP."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from earsight_training.commands.arguments import add_data, add_local_files_only, data_files, photos
from earsight_training.data.embed import embed_photos, encoder_identity
from earsight_training.data.embeddings import EmbeddingError, write_embeddings
from earsight_training.data.shards import Shards
from earsight_training.errors import TrainingError
from earsight_training.networks.clip_encoders import prepare
from earsight_training.networks.clip_weights import load_clip


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return count


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data(parser)
    parser.add_argument(
        "--clip", required=True, metavar="NAME|FILE", help="RN50x4, another name of OpenAI's, or a checkpoint"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.safetensors")
    parser.add_argument("--batch", type=_count, default=32, help="photos at once (default: 32)")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    parser.add_argument(
        "--missing",
        type=_share,
        default=0.01,
        metavar="SHARE",
        help="of the photos may be missing or broken; they are listed and left out (default: 0.01)",
    )
    add_local_files_only(parser)


def _device(choice: str) -> torch.device:
    if choice == "cuda" and not torch.cuda.is_available():
        raise TrainingError("--device cuda: torch finds no GPU here; use --device cpu")
    return torch.device("cuda" if choice != "cpu" and torch.cuda.is_available() else "cpu")


def run(arguments: argparse.Namespace) -> int:
    """What is done is kept in FILE.safetensors.partial/ until the file is complete."""
    out: Path = arguments.out
    if out.is_dir():
        raise EmbeddingError(f"{out}: is a folder; --out names a file")
    device = _device(arguments.device)
    captioned, (_, images) = photos(arguments, None), data_files(arguments)
    encoder = load_clip(arguments.clip, local_files_only=arguments.local_files_only)
    checkpoint = Path(arguments.clip)
    name = checkpoint.name if checkpoint.exists() else arguments.clip
    identity = encoder_identity(name, encoder, encoder.side)
    shards = Shards(out.with_name(f"{out.name}.partial"), identity)
    embedded, failures = embed_photos(
        captioned, images, encoder.to(device), prepare, shards, arguments.batch, device
    )
    for failure in failures:
        print(failure, file=sys.stderr)
    if len(failures) > arguments.missing * len(captioned):
        raise EmbeddingError(
            f"{len(failures)} of {len(captioned)} photos can't be read, which is more than --missing"
            f" {arguments.missing:g}; repair them and run this again: what could be embedded is kept"
        )
    write_embeddings(out, embedded)
    shards.delete()
    captions = sum(map(len, embedded.captions))
    left_out = f", {len(failures)} left out" if failures else ""
    print(f"{out}: {len(embedded)} photos with {captions} captions{left_out}")
    return 0
