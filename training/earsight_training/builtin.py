"""The steps of the built-in model's recipe, each from the checkpoint that the one before it left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from earsight_training.calibration import expected_calibration_error, fit
from earsight_training.cards import model_card
from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.datasets import CaptionedPhoto, load_images
from earsight_training.distill import distill
from earsight_training.encoders import ConvEncoder
from earsight_training.errors import TrainingError
from earsight_training.evaluate import Candidate, describe, score
from earsight_training.export import complete_manifest, mean_embedding, write_bundle
from earsight_training.model import CaptionModel
from earsight_training.objects import made_up
from earsight_training.recipe import Recipe
from earsight_training.teacher import load_views
from earsight_training.tokens import clean_caption, train_tokenizer
from earsight_training.train import CaptionDataset, train


class MissingStepError(TrainingError):
    """A step whose input has not been made yet."""


def _encoder(recipe: Recipe) -> ConvEncoder:
    return ConvEncoder(recipe.encoder.widths, recipe.encoder.depths)


def _model(recipe: Recipe, encoder: ConvEncoder, tokenizer: Tokenizer) -> CaptionModel:
    return CaptionModel(encoder, tokenizer.get_vocab_size(), recipe.captions.side, recipe.decoder)


def _load(module: nn.Module, path: Path, key: str, command: str) -> None:
    """The weights that the step before left. Raises TrainingError when it did not, or left others."""
    state = load_checkpoint(path)
    if state is None:
        raise MissingStepError(f"{path} is not there; run `earsight-train {command}` first")
    try:
        module.load_state_dict(state[key])
    except (KeyError, RuntimeError) as error:
        raise TrainingError(f"{path}: made by another recipe; run `earsight-train {command}` anew") from error


def distill_encoder(recipe: Recipe, photos: Sequence[CaptionedPhoto], work: Path) -> None:
    try:
        views = load_views(work / "teacher")
    except FileNotFoundError as error:
        raise MissingStepError(f"{error.filename} is not there; run `earsight-train teach` first") from error
    if len(views.boxes) != len(photos):
        raise MissingStepError(
            f"{work / 'teacher'} is of {len(views.boxes)} photos, the data has {len(photos)}; "
            "run `earsight-train teach` again"
        )
    torch.manual_seed(recipe.seed)
    pixels = load_images(photos, recipe.data.side)
    encoder = distill(_encoder(recipe), pixels, views, recipe.distill, work / "distill.pt", recipe.seed)
    save_checkpoint(work / "encoder.pt", {"encoder": encoder.state_dict()})


def train_captions(recipe: Recipe, photos: Sequence[CaptionedPhoto], work: Path) -> None:
    torch.manual_seed(recipe.seed)
    encoder = _encoder(recipe)
    _load(encoder, work / "encoder.pt", "encoder", "distill")
    cleaned = [clean_caption(caption) for photo in photos for caption in photo.captions]
    tokenizer = train_tokenizer(cleaned, recipe.decoder.vocabulary)
    tokenizer.save(str(work / "tokenizer.json"))
    pixels = load_images(photos, recipe.data.side)
    dataset = CaptionDataset(pixels, photos, tokenizer, recipe.captions, recipe.decoder.longest, recipe.seed)
    model = _model(recipe, encoder, tokenizer)
    trained = train(model, dataset, recipe.captions, work / "captions.pt", recipe.seed)
    save_checkpoint(work / "model.pt", {"model": trained.state_dict()})


def _trained(recipe: Recipe, work: Path) -> tuple[CaptionModel, Tokenizer]:
    if not (work / "tokenizer.json").exists():
        raise MissingStepError(f"{work / 'tokenizer.json'} is not there; run `earsight-train train` first")
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    model = _model(recipe, _encoder(recipe), tokenizer)
    _load(model, work / "model.pt", "model", "train")
    return model.eval(), tokenizer


def export_bundle(
    recipe: Recipe,
    photos: Sequence[CaptionedPhoto],
    validation: Sequence[CaptionedPhoto],
    work: Path,
    out: Path,
    *,
    int8: bool,
) -> dict[str, float]:
    """Write, calibrate and score.

    The calibration error is measured on one half of the validation photos, fitted on the other, both ways.
    """
    model, tokenizer = _trained(recipe, work)
    mean = mean_embedding(model.encoder, load_images(photos, recipe.captions.side))
    write_bundle(out, model, tokenizer, recipe, mean, int8=int8, card=model_card(recipe, {}))
    candidates = describe(out, validation)
    scores = score(candidates)
    features, truthful = _evidence(candidates)
    scores["calibration-error"] = round(_crossed_error(features, truthful), 4)
    complete_manifest(out, fit(features, truthful), scores, model_card(recipe, scores))
    return scores


def _evidence(candidates: Sequence[Candidate]) -> tuple[np.ndarray, list[bool]]:
    features = np.array([[c.mean_log_prob, c.lowest_log_prob] for c in candidates])
    return features, [not made_up(c.caption, c.photo.captions) for c in candidates]


def _crossed_error(features: np.ndarray, truthful: Sequence[bool]) -> float:
    truth = np.array(truthful)
    halves = np.arange(len(truth)) % 2 == 0
    errors = []
    for fitted, measured in ((halves, ~halves), (~halves, halves)):
        confidence = fit(features[fitted], list(truth[fitted])).confidence(features[measured])
        errors.append(expected_calibration_error(list(confidence), list(truth[measured])))
    return float(np.mean(errors))
