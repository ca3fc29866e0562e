"""Training by a recipe whose encoder is frozen, on the file of embeddings that `earsight-train embed`
wrote."""

from __future__ import annotations

from pathlib import Path

import torch

from earsight_training.data.embeddings import EmbeddedPhotos
from earsight_training.data.examples import EmbeddingExamples
from earsight_training.errors import TrainingError
from earsight_training.learning.caption_training import train_embeddings
from earsight_training.learning.distributed import this_process
from earsight_training.learning.validation_score import ValidationScore
from earsight_training.model_factory import build_decoder, build_model, build_vocabulary, prefix_length
from earsight_training.recipe import Recipe
from earsight_training.trained_captioner import TrainedCaptioner, save_captioner


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
    """
    torch.manual_seed(recipe.seed)
    vocabulary = build_vocabulary(recipe, photos.captions, local_files_only)
    decoder = build_decoder(recipe, vocabulary, local_files_only)
    prefix, longest, positions = prefix_length(recipe), recipe.captions.longest, len(decoder.positions.weight)
    if prefix + longest > positions:
        raise TrainingError(
            f"recipe {recipe.name}: mapper.prefix {prefix} and captions.longest {longest} are more than the"
            f" {positions} positions of the decoder"
        )
    model = build_model(recipe, photos.embeddings.shape[1], decoder)
    examples = EmbeddingExamples(photos.embeddings, photos.captions, vocabulary, recipe.captions.longest)
    score = ValidationScore(validation, vocabulary, recipe.captions.longest)
    model = train_embeddings(model, examples, recipe.captions, work, recipe.seed, score)
    mean = torch.from_numpy(photos.embeddings.mean(0))
    if this_process().is_main:
        captioner = TrainedCaptioner(recipe, model, vocabulary, mean, photos.encoder.sha256)
        save_captioner(work / "model.pt", captioner)
