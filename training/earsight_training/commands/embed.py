"""earsight-train embed: photos to a file of embeddings, by an image encoder of OpenAI's CLIP."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from earsight_training.commands.arguments import (
    add_data,
    add_local_files_only,
    add_missing,
    data_files,
    photos,
)
from earsight_training.errors import TrainingError
from earsight_training.preconditions import require_room, require_writable

if TYPE_CHECKING:
    import torch

EXAMPLES = [
    "--data photos --clip RN50x4 --out photos.safetensors",
    "--data captions_train2014.json --images train2014 --clip ViT-B/32 --out coco.safetensors",
]


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return count


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_data(parser)
    parser.add_argument(
        "--clip", required=True, metavar="NAME|FILE", help="RN50x4, another name of OpenAI's, or a checkpoint"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.safetensors")
    parser.add_argument("--batch", type=_count, default=32, help="photos at once (default: 32)")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    add_missing(parser)
    add_local_files_only(parser)


def _device(choice: str) -> torch.device:
    import torch

    if choice == "cuda" and not torch.cuda.is_available():
        raise TrainingError("--device cuda: torch finds no GPU here; use --device cpu")
    return torch.device("cuda" if choice != "cpu" and torch.cuda.is_available() else "cpu")


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.data.embed import embed_photos, encoder_identity
    from earsight_training.data.embeddings import write_embeddings
    from earsight_training.data.inspection import MISSING, list_missing, refuse_absent
    from earsight_training.data.shards import Shards
    from earsight_training.networks.clip_encoders import prepare
    from earsight_training.networks.clip_weights import load_clip

    out: Path = arguments.out
    require_writable(out, parents=True)
    device = _device(arguments.device)
    captioned, (_, images) = photos(arguments, None), data_files(arguments)
    missing = MISSING if arguments.missing is None else arguments.missing
    refuse_absent(captioned, missing)
    encoder = load_clip(arguments.clip, local_files_only=arguments.local_files_only)
    words = sum(len(text) for photo in captioned for text in photo.captions)
    require_room(out, 2 * len(captioned) * (4 * encoder.width + 500) + 2 * words, "the embeddings")
    checkpoint = Path(arguments.clip)
    name = checkpoint.name if checkpoint.exists() else arguments.clip
    identity = encoder_identity(name, encoder, encoder.side)
    shards = Shards(out.with_name(f"{out.name}.partial"), identity)
    embedded, failures = embed_photos(
        captioned, images, encoder.to(device), prepare, shards, arguments.batch, device
    )
    list_missing(failures, len(captioned), missing)
    write_embeddings(out, replace(embedded, missing=missing))
    shards.delete()
    captions = sum(map(len, embedded.captions))
    left_out = f", {len(failures)} left out" if failures else ""
    print(f"{out}: {len(embedded)} photos with {captions} captions{left_out}")
    return 0
