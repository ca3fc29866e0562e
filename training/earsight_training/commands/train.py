"""earsight-train train: learn to caption; goes on where it stopped."""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from earsight_training.commands.arguments import (
    add_local_files_only,
    add_step,
    data_files,
    photos,
    usable_photos,
)
from earsight_training.errors import TrainingError
from earsight_training.learning.time_limit import TimeLimit
from earsight_training.preconditions import require_folder
from earsight_training.recipe import (
    BundleEncoderSettings,
    ClipEncoderSettings,
    Gpt2DecoderSettings,
    Recipe,
    load_recipe,
)

if TYPE_CHECKING:
    from earsight_training.data.datasets import CaptionedPhoto
    from earsight_training.data.inspection import InspectedPhotos

EXAMPLES = [
    "config/training/mission.yaml --embeddings photos.safetensors --data photos/split.csv --work work",
    "config/training/indonesian.yaml --bundle bundle --data flickr8k --work work",
    "config/training/builtin.yaml --data flickr8k --work work",
]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_step(parser, data_required=False)
    parser.add_argument(
        "--embeddings",
        type=Path,
        metavar="FILE",
        help="what `earsight-train embed` wrote, for a recipe with encoder: clip. --data then only says which"
        " split each photo is in, if not the one that it was embedded with",
    )
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="DIR",
        help="the bundle for whose encoder a decoder is trained, for a recipe with encoder: bundle",
    )
    parser.add_argument(
        "--stop-after",
        type=_seconds,
        metavar="SECONDS",
        help="for a recipe that learns from photos: begin no epoch that would not end in so many seconds."
        " model.pt then has what was learned so far; the same command goes on",
    )
    parser.add_argument("--gpt2", metavar="NAME|DIR", help="another GPT-2 than the recipe's")
    add_local_files_only(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command, and return its exit status."""
    limit = TimeLimit(math.inf if arguments.stop_after is None else arguments.stop_after)
    recipe = load_recipe(arguments.recipe)
    require_folder(arguments.work)
    if arguments.gpt2 is not None:
        recipe = _with_gpt2(recipe, arguments.gpt2)
    if isinstance(recipe.encoder, ClipEncoderSettings):
        _train_on_embeddings(recipe, arguments)
    elif isinstance(recipe.encoder, BundleEncoderSettings):
        _train_on_prefixes(recipe, recipe.encoder, arguments, limit)
    else:
        _train_on_photos(recipe, arguments, limit)
    return 0


def _seconds(text: str) -> float:
    """Raises argparse.ArgumentTypeError for what is no length of time."""
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return seconds


def _train_on_photos(recipe: Recipe, arguments: argparse.Namespace, limit: TimeLimit) -> None:
    from earsight_training.learning.photo_recipe import require_encoder, train_on_photos

    _require_photos(recipe, arguments)
    require_encoder(recipe, arguments.work)
    training, validation, missing = _divided(recipe, arguments)
    train_on_photos(recipe, training, arguments.work, missing, validation, limit)


def _train_on_prefixes(
    recipe: Recipe, settings: BundleEncoderSettings, arguments: argparse.Namespace, limit: TimeLimit
) -> None:
    from tokenizers import Tokenizer

    from earsight_bundle.files import TOKENIZER
    from earsight_training.bundles.decoder_weights import read_decoder
    from earsight_training.bundles.reader import read_bundle
    from earsight_training.data.prefixes import PrefixEncoder
    from earsight_training.learning.prefix_recipe import Start, require_encoder_fits, train_on_prefixes

    if arguments.bundle is None:
        raise TrainingError(f"recipe {recipe.name}: encoder: bundle is that of a bundle; name it by --bundle")
    _require_photos(recipe, arguments)
    bundle: Path = arguments.bundle
    about = read_bundle(bundle).manifest
    encoder = PrefixEncoder(bundle)
    require_encoder_fits(encoder, recipe)
    start = None
    if settings.warm_start:
        theirs = {
            photo.path: photo.captions for photo in photos(arguments, recipe.data.train, [about.language])
        }
        start = Start(
            read_decoder(bundle),
            Tokenizer.from_file(str(bundle / TOKENIZER)),
            about.captioning.decode.end_token,
            theirs,
        )
    training, validation, missing = _divided(recipe, arguments)
    train_on_prefixes(recipe, training, validation, encoder, start, arguments.work, missing, limit)


def _require_photos(recipe: Recipe, arguments: argparse.Namespace) -> None:
    """Raises TrainingError where there are none to train on, before any is read."""
    if arguments.data is None:
        raise TrainingError(
            f"recipe {recipe.name}: encoder: {recipe.encoder.kind} learns from photos; give --data"
        )
    photos(arguments, recipe.data.train, recipe.data.languages)


def _divided(
    recipe: Recipe, arguments: argparse.Namespace
) -> tuple[InspectedPhotos, list[CaptionedPhoto], float]:
    """The photos to train on, those to find the best epoch by, and the share that may be missing."""
    from earsight_training.data.leaks import leaks_by_fingerprint, refuse_leaks
    from earsight_training.learning.photo_recipe import keeps_best

    data = recipe.data
    everything, missing = usable_photos(arguments, None, languages=data.languages)
    refuse_leaks(leaks_by_fingerprint(everything.photos, everything.fingerprints, data.train))
    validation = everything.in_splits(data.validation).photos if keeps_best(recipe) else []
    return everything.in_splits(data.train), validation, missing


def _train_on_embeddings(recipe: Recipe, arguments: argparse.Namespace) -> None:
    from earsight_training.data.embeddings import read_embeddings
    from earsight_training.data.leaks import leaks_by_embedding, refuse_leaks
    from earsight_training.learning.embedding_recipe import require_encoder_of, train_on_embeddings

    if arguments.embeddings is None:
        raise TrainingError(
            f"recipe {recipe.name}: encoder: clip learns from embeddings; run `earsight-train embed`, "
            "and name its file by --embeddings"
        )
    embedded = read_embeddings(arguments.embeddings)
    if arguments.missing is not None:
        embedded = replace(embedded, missing=arguments.missing)
    if arguments.data is not None:
        _, images = data_files(arguments)
        embedded, without = embedded.of(photos(arguments, None), images)
        for name in without:
            print(f"{name} is left out: it has no embedding", file=sys.stderr)
    require_encoder_of(embedded, recipe, arguments.embeddings)
    refuse_leaks(leaks_by_embedding(embedded, recipe.data.train))
    train_on_embeddings(
        recipe,
        embedded.in_splits(recipe.data.train),
        embedded.in_splits(recipe.data.validation),
        arguments.work,
        local_files_only=arguments.local_files_only,
    )


def _with_gpt2(recipe: Recipe, name: str) -> Recipe:
    if not isinstance(recipe.decoder, Gpt2DecoderSettings):
        return recipe
    return recipe.model_copy(update={"decoder": recipe.decoder.model_copy(update={"model": name})})
