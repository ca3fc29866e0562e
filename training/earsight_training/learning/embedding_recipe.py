"""Training by a recipe whose encoder is frozen, on the embeddings that `earsight-train embed` wrote."""

from __future__ import annotations

from pathlib import Path

import torch

from earsight_training.data.embed import encoder_identity
from earsight_training.data.embeddings import EmbeddedPhotos
from earsight_training.data.examples import EmbeddingExamples
from earsight_training.errors import TrainingError
from earsight_training.learning.caption_training import train_embeddings
from earsight_training.learning.distributed import this_process
from earsight_training.learning.validation_score import ValidationScore
from earsight_training.model_factory import build_decoder, build_model, build_vocabulary, prefix_length
from earsight_training.networks.clip_weights import PUBLISHED, load_clip
from earsight_training.recipe import ClipEncoderSettings, Recipe
from earsight_training.scoring.scores import rehearse
from earsight_training.trained_captioner import TrainedCaptioner, save_captioner


def require_encoder_of(embedded: EmbeddedPhotos, recipe: Recipe, path: Path) -> None:
    """Refuse embeddings of another encoder than the recipe's.

    The weights tell where both are at hand. Of a name of OpenAI's, or a file that is not here, the name does.

    Args:
        embedded: The photos.
        recipe: With encoder: clip.
        path: Of their file, for the message.

    Raises:
        TrainingError: They are of another one.
        ClipError: The recipe's encoder is a file that can't be read.
    """
    assert isinstance(recipe.encoder, ClipEncoderSettings)
    model, identity = recipe.encoder.model, embedded.encoder
    if Path(model).is_file():
        encoder = load_clip(model, local_files_only=True)
        same = encoder_identity(model, encoder, encoder.side).same_network(identity)
    else:
        same = identity.name in (model, Path(model).name, PUBLISHED.get(model, ("",))[0])
    if not same:
        raise TrainingError(
            f"{path}: embeddings of {identity.name}, but the recipe {recipe.name} has encoder.model: {model};"
            f" embed the photos by that one, or name {identity.name} in the recipe"
        )


def train_on_embeddings(
    recipe: Recipe,
    photos: EmbeddedPhotos,
    validation: EmbeddedPhotos,
    work: Path,
    *,
    local_files_only: bool,
) -> None:
    """Train, and write model.pt.

    Args:
        recipe: With encoder: clip.
        photos: To train on.
        validation: To choose the best epoch by.
        work: Folder for checkpoints, the learning curve and model.pt.
        local_files_only: Whether nothing is downloaded.

    Raises:
        TrainingError: The recipe does not fit the decoder, or as Trainer does.
        Gpt2Error: GPT-2 can't be loaded.
        JavaError: The validation photos can't be scored after an epoch; found out before the first.
    """
    if this_process().is_main:
        rehearse(only_cider=True)
    torch.manual_seed(recipe.seed)
    vocabulary = build_vocabulary(recipe, photos.captions, local_files_only)
    decoder = build_decoder(recipe, vocabulary, local_files_only)
    _check_positions(recipe, len(decoder.positions.weight))
    model = build_model(recipe, photos.embeddings.shape[1], decoder)
    examples = EmbeddingExamples(photos.embeddings, photos.captions, vocabulary, recipe.captions.longest)
    score = ValidationScore(validation, vocabulary, recipe.captions.longest)
    model = train_embeddings(model, examples, recipe.captions, work, recipe.seed, score)
    mean = torch.from_numpy(photos.embeddings.mean(0))
    if this_process().is_main:
        captioner = TrainedCaptioner(
            recipe, model, vocabulary, mean, photos.encoder.sha256, photos.fingerprints, photos.missing
        )
        save_captioner(work / "model.pt", captioner)


def _check_positions(recipe: Recipe, positions: int) -> None:
    """Raise TrainingError where prefix and caption are longer than the decoder can read."""
    prefix, longest = prefix_length(recipe), recipe.captions.longest
    if prefix + longest > positions:
        raise TrainingError(
            f"recipe {recipe.name}: mapper.prefix {prefix} and captions.longest {longest} are more than the"
            f" {positions} positions of the decoder"
        )
