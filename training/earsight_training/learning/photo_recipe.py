"""Training by a recipe whose encoder learns from photos: each step takes what the one before it left in the
work folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.data.examples import PhotoExamples
from earsight_training.data.fingerprints import LENGTH, fingerprint
from earsight_training.data.inspection import InspectedPhotos
from earsight_training.data.object_labels import LabelledPhoto
from earsight_training.data.squashed_photos import load_images, read_squashed
from earsight_training.data.tokens import Vocabulary
from earsight_training.errors import TrainingError
from earsight_training.learning.caption_training import train_photos
from earsight_training.learning.distill import distill
from earsight_training.learning.distributed import this_process
from earsight_training.learning.encoder_training import teach_encoder
from earsight_training.learning.photo_score import MONITOR, PhotoScore, references_by_language
from earsight_training.learning.run import Run
from earsight_training.learning.self_critical import train_self_critical
from earsight_training.learning.teacher import TeacherViews, load_views
from earsight_training.learning.time_limit import TimeLimit
from earsight_training.learning.validation import Validation
from earsight_training.model_factory import build_decoder, build_encoder, build_model, build_vocabulary
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.conv_encoder import ConvEncoder
from earsight_training.networks.efficientnet import EfficientNetLite, load_weights, weights_file
from earsight_training.networks.encoders import FeatureMapEncoder
from earsight_training.recipe import EfficientNetSettings, Recipe, distillation_settings
from earsight_training.recipe_file import RecipeError
from earsight_training.trained_captioner import TrainedCaptioner, save_captioner


class MissingStepError(TrainingError):
    """The input of a step has not been made yet."""


def teacher_views(work: Path) -> TeacherViews:
    """Open what `earsight-train teach` left.

    Args:
        work: Folder with teacher/.

    Raises:
        MissingStepError: There is nothing.
        TeacherError: It is damaged.
    """
    try:
        return load_views(work / "teacher")
    except FileNotFoundError as error:
        raise MissingStepError(f"{error.filename} is not there; run `earsight-train teach` first") from error


def require_encoder(recipe: Recipe, work: Path) -> None:
    """Look for what the encoder starts from.

    Args:
        recipe: With encoder: conv or efficientnet-lite.
        work: Folder with encoder.pt (conv).

    Raises:
        MissingStepError: There is no encoder.pt.
        TrainingError: EfficientNet's weights are not installed.
    """
    if isinstance(recipe.encoder, EfficientNetSettings) and recipe.see is None:
        weights_file(recipe.encoder.variant)
    elif not (work / "encoder.pt").exists():
        step = "distill" if recipe.see is None else "see"
        raise MissingStepError(f"{work / 'encoder.pt'} is not there; run `earsight-train {step}` first")


def distill_encoder(recipe: Recipe, inspected: InspectedPhotos, views: TeacherViews, work: Path) -> None:
    """Teach the encoder, and write encoder.pt.

    Args:
        recipe: With encoder: conv.
        inspected: The photos to train on.
        views: The teacher's, of these photos.
        work: Folder for the checkpoint and encoder.pt.

    Raises:
        MissingStepError: The teacher's views are of other photos.
        RecipeError: The recipe's encoder has no teacher.
        TrainingError: As Trainer does.
    """
    settings, distilling = distillation_settings(recipe)
    photos = inspected.photos
    if len(views.boxes) != len(photos):
        raise MissingStepError(
            f"{work / 'teacher'} is of {len(views.boxes)} photos, the data has {len(photos)}; "
            "run `earsight-train teach` again"
        )
    torch.manual_seed(recipe.seed)
    pixels = load_images(photos, recipe.data.side)
    student = build_encoder(settings)
    assert isinstance(student, ConvEncoder)
    encoder = distill(student, pixels, views, distilling, work / "distill.pt", recipe.seed)
    if this_process().is_main:
        trained_on = torch.from_numpy(inspected.fingerprints)
        save_checkpoint(work / "encoder.pt", {"encoder": encoder.state_dict(), "trained_on": trained_on})


def teach_to_see(recipe: Recipe, photos: Sequence[LabelledPhoto], work: Path) -> None:
    """Teach the encoder what photos of all kinds show, and write encoder.pt.

    Args:
        recipe: With encoder: efficientnet-lite, and a section see.
        photos: To learn from; each counts once, however often it is there.
        work: Folder for the checkpoint and encoder.pt.

    Raises:
        RecipeError: The recipe has no section see, or another encoder.
        TrainingError: As Trainer does.
    """
    if recipe.see is None or not isinstance(recipe.encoder, EfficientNetSettings):
        raise RecipeError(f"recipe {recipe.name}: has no section see for an encoder: efficientnet-lite")
    torch.manual_seed(recipe.seed)
    encoder = build_encoder(recipe.encoder)
    assert isinstance(encoder, EfficientNetLite)
    load_weights(encoder, weights_file(recipe.encoder.variant))
    unique = list({photo.image: photo for photo in photos}.values())
    pixels = read_squashed([photo.image for photo in unique], recipe.data.side)
    taught = teach_encoder(encoder, pixels, unique, recipe.see, work, recipe.seed)
    if this_process().is_main:
        trained_on = torch.from_numpy(np.unique(np.stack([fingerprint(rgb) for rgb in pixels]), axis=0))
        save_checkpoint(
            work / "encoder.pt", {"encoder": taught.encoder.state_dict(), "trained_on": trained_on}
        )


def train_on_photos(
    recipe: Recipe,
    inspected: InspectedPhotos,
    work: Path,
    missing: float,
    validation: Sequence[CaptionedPhoto] = (),
    limit: TimeLimit | None = None,
) -> None:
    """Train, and write model.pt.

    Args:
        recipe: With encoder: conv or efficientnet-lite.
        inspected: The photos to train on.
        work: Folder with encoder.pt (conv), for checkpoints, the learning curve and model.pt.
        missing: Share of the photos of the data, 0 to 1, that may be missing.
        validation: Photos by which the best epoch is found, where the recipe keeps it.
        limit: Of the time. Where it ends the training before its last epoch, model.pt has what was learned
            so far, and another run goes on.

    Raises:
        MissingStepError: There is no encoder.pt.
        TrainingError: encoder.pt is of another recipe, or as Trainer does.
    """
    photos = inspected.photos
    torch.manual_seed(recipe.seed)
    vocabulary = build_vocabulary(recipe, [photo.captions for photo in photos])
    model = build_model(recipe, 0, build_decoder(recipe, vocabulary))
    seen = _start_encoder(model.encoder, recipe, work)
    trained_on = np.unique(np.concatenate([inspected.fingerprints, seen]), axis=0)
    run = Run(work, recipe.seed, _validation(recipe, validation, vocabulary), limit or TimeLimit())
    model = _trained(model, vocabulary, recipe, photos, run)
    if this_process().is_main:
        assert isinstance(model.encoder, FeatureMapEncoder)
        assert recipe.captions.photos is not None
        mean = mean_pooled_features(model.encoder, load_images(photos, recipe.captions.photos.side))
        captioner = TrainedCaptioner(
            recipe, model.cpu(), vocabulary, mean, trained_on=trained_on, missing=missing
        )
        save_captioner(work / "model.pt", captioner)


def _trained(
    model: CaptionModel,
    vocabulary: Vocabulary,
    recipe: Recipe,
    photos: Sequence[CaptionedPhoto],
    run: Run,
) -> CaptionModel:
    """By cross-entropy, and then by reward if the recipe says so and the limit leaves time."""
    captions, refine, languages = recipe.captions, recipe.refine, recipe.data.languages
    assert captions.photos is not None
    examples = PhotoExamples(
        load_images(photos, recipe.data.side),
        [photo.captions for photo in photos],
        vocabulary,
        captions.longest,
        captions.photos,
        recipe.seed,
        [photo.languages for photo in photos] if len(languages) > 1 else None,
    )
    model = train_photos(model, examples, captions, captions.photos, run.measured(captions.keep_best))
    if refine is None or run.limit.reached:
        return model
    references, run = references_by_language(photos, languages), run.measured(refine.keep_best)
    return train_self_critical(model, examples, references, vocabulary, (captions, refine), run)


def keeps_best(recipe: Recipe) -> bool:
    """Tell whether validation photos are needed to train by a recipe that learns from photos."""
    return recipe.captions.keep_best or (recipe.refine is not None and recipe.refine.keep_best)


def _validation(
    recipe: Recipe, photos: Sequence[CaptionedPhoto], vocabulary: Vocabulary
) -> Validation | None:
    if not photos:
        return None
    assert recipe.captions.photos is not None
    pixels = load_images(photos, recipe.captions.photos.side)
    references = references_by_language(photos, recipe.data.languages)
    score = PhotoScore(pixels, references, vocabulary, recipe.captions.longest)
    return Validation(score, MONITOR, recipe.captions.patience)


def _start_encoder(encoder: nn.Module, recipe: Recipe, work: Path) -> np.ndarray:
    """Load the weights that it starts from. Returns the fingerprints of the photos that we taught it by."""
    if isinstance(recipe.encoder, EfficientNetSettings) and recipe.see is None:
        assert isinstance(encoder, EfficientNetLite)
        load_weights(encoder, weights_file(recipe.encoder.variant))
        return np.empty((0, LENGTH), np.uint8)
    return _load_encoder(encoder, work / "encoder.pt")


def _load_encoder(encoder: nn.Module, path: Path) -> np.ndarray:
    """Load the weights that distill left. Returns the fingerprints of the photos that it learned from."""
    state = load_checkpoint(path)
    if state is None:
        raise MissingStepError(f"{path} is not there; run `earsight-train distill` first")
    try:
        encoder.load_state_dict(state["encoder"])
        trained_on: np.ndarray = state["trained_on"].numpy()
    except (KeyError, RuntimeError) as error:
        raise TrainingError(f"{path}: made by another recipe; run `earsight-train distill` anew") from error
    return trained_on


@torch.no_grad()
def mean_pooled_features(encoder: FeatureMapEncoder, pixels: np.ndarray, batch: int = 64) -> Tensor:
    """Average the encoder's pooled feature map over photos.

    Args:
        encoder: In eval mode.
        pixels: uint8 (photos, side, side, 3).
        batch: Photos at a time.

    Returns:
        Float32 (channels,), on the CPU.
    """
    total = torch.zeros(encoder.channels, dtype=torch.float64)
    device = next(encoder.parameters()).device
    for start in range(0, len(pixels), batch):
        images = torch.from_numpy(pixels[start : start + batch]).to(device).permute(0, 3, 1, 2).float()
        total += encoder(images).mean((2, 3)).sum(0).cpu()
    return (total / len(pixels)).float()
