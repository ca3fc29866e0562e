"""earsight-train import: take over a published ClipCap checkpoint, or the mission's."""

from __future__ import annotations

import argparse
from pathlib import Path

from earsight_training.commands.arguments import add_local_files_only
from earsight_training.preconditions import require_room, require_writable
from earsight_training.recipe import ClipEncoderSettings, MlpMapperSettings, TransformerMapperSettings

EXAMPLES = ["model-029.pt --out imported.pt"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "model", type=Path, metavar="MODEL.pt", help="state dict with gpt.* and clip_project.*"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the captioner, for export")
    parser.add_argument("--gpt2", default="gpt2", metavar="NAME|DIR", help="whose vocabulary it is (gpt2)")
    parser.add_argument(
        "--clip", metavar="NAME", help="the CLIP it was trained with (default: told by the embedding's size)"
    )
    parser.add_argument(
        "--unit-length",
        action=argparse.BooleanOptionalAction,
        help="embeddings were scaled to length 1 in training (default: with a transformer mapper)",
    )
    add_local_files_only(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    from earsight_training.networks.gpt2 import load_tokenizer
    from earsight_training.published import read_published
    from earsight_training.trained_captioner import save_captioner

    require_writable(arguments.out, parents=True)
    if arguments.model.is_file():
        require_room(arguments.out, arguments.model.stat().st_size, "the captioner")
    tokenizer = load_tokenizer(arguments.gpt2, local_files_only=arguments.local_files_only)
    captioner = read_published(
        arguments.model, tokenizer, clip=arguments.clip, unit_length=arguments.unit_length
    )
    save_captioner(arguments.out, captioner)
    encoder, mapping = captioner.recipe.encoder, captioner.recipe.mapper
    assert isinstance(encoder, ClipEncoderSettings)
    assert isinstance(mapping, MlpMapperSettings | TransformerMapperSettings)
    scaled = "scaled to length 1" if mapping.unit_length else "as they are"
    print(
        f"{arguments.out}: {mapping.kind} mapper, prefix of {mapping.prefix}, "
        f"{encoder.model} embeddings {scaled}"
    )
    return 0
