"""Training a detector on photos that lie on the device."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from earsight_training.data.detection_sets import DetectionPhotos
from earsight_training.data.fingerprints import fingerprint
from earsight_training.data.object_labels import LabelledPhoto
from earsight_training.data.squashed_photos import read_squashed
from earsight_training.detector_recipe import DetectorRecipe
from earsight_training.learning.box_augmentation import LabelledPixels, pictures
from earsight_training.learning.detection_loss import assign, detection_losses
from earsight_training.learning.distributed import Losses, autocast, this_process
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.learning.validation import Validation
from earsight_training.networks.nanodet import BINS, NanoDet, cells, load_nanodet, predictions
from earsight_training.trained_detector import TrainedDetector

SIDE = 224
"""Pixels that photos are squashed to: those of the sets are hardly larger."""
_BATCH = 32
_FEWEST = 4
"""Photos with a class, from which its precision is worth measuring."""


def train_detector(
    recipe: DetectorRecipe, photos: DetectionPhotos, start: Path, work: Path
) -> TrainedDetector:
    """Train until the last epoch of the recipe, going on from the checkpoint if there is one.

    Args:
        recipe: The choices.
        photos: With their labels.
        start: NanoDet's published weights.
        work: Folder for the checkpoint and the learning curve.

    Raises:
        TrainingError: As Trainer does; or a file can't be used.
    """
    device = this_process().device
    model = load_nanodet(start, len(recipe.classes))
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if recipe.training.frozen_stem:
        model.freeze_stem()
    data = _on_device(photos.train, device)
    held_out = _on_device(photos.held_out, device) if photos.held_out else None
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    rate, decay = recipe.training.learning_rate, recipe.training.weight_decay
    trainer = Trainer(
        "detector",
        model,
        torch.optim.AdamW(learned, rate, weight_decay=decay, fused=True),
        work / "detector-training.pt",
        _plan(recipe, photos.train),
        validation=Validation(_measure(recipe, held_out)) if held_out else None,
        curves=work / "curves",
    )
    order = TensorDataset(torch.arange(len(data)))
    trained = trainer.run(lambda _: order, _losses(model, data, recipe))
    assert isinstance(trained, NanoDet)
    return TrainedDetector(recipe, trained.cpu().eval(), _fingerprints(data))


def _plan(recipe: DetectorRecipe, photos: Sequence[LabelledPhoto]) -> TrainingPlan:
    settings = recipe.training
    return TrainingPlan(
        photos=len(photos),
        batch=settings.batch,
        epochs=settings.epochs,
        seed=recipe.seed,
        warmup_steps=len(photos) // settings.batch,
        ema=settings.ema,
        data=_digest(photos),
    )


def _losses(model: NanoDet, data: LabelledPixels, recipe: DetectorRecipe) -> Losses:
    """From numbers of photos to losses: see Losses."""
    sides, mosaics = recipe.training.sides, recipe.training.mosaics

    def losses(batch: list[Tensor]) -> tuple[dict[str, Tensor], float]:
        side = sides[int(torch.randint(len(sides), ()))]
        with torch.no_grad():
            made = pictures(data, batch[0], side, mosaics)
            known = made.known_at(cells(side, made.pixels.device)[0], data.known)
        with autocast(made.pixels.device):
            outputs = model(made.pixels.to(memory_format=torch.channels_last))
        found = predictions(outputs, side)
        wanted = assign(found, made.corners, made.classes, made.targets, side)
        return detection_losses(found, wanted, made.corners, known, side), float(len(batch[0]))

    return losses


def _measure(recipe: DetectorRecipe, data: LabelledPixels) -> Callable[[nn.Module], dict[str, float]]:
    """From the model to the mean of the classes' average precision, of whether a photo shows any of them."""

    def measure(model: nn.Module) -> dict[str, float]:
        scores = best_scores(model, data.pixels, recipe.side)
        names = recipe.classes[-len(recipe.more_classes) :] if recipe.more_classes else recipe.classes
        found = {name: _precision(data, scores, recipe.classes.index(name)) for name in names}
        measured = {f"ap {name}": value for name, value in found.items() if value is not None}
        return measured | {"ap": float(np.mean(list(measured.values() or [0.0])))}

    return measure


def _precision(data: LabelledPixels, scores: np.ndarray, index: int) -> float | None:
    there = ((data.classes == index) & (data.targets > 0.5)).any(1).cpu().numpy()
    labelled = data.known[:, index].cpu().numpy() | there
    if there.sum() < _FEWEST or there.sum() == labelled.sum():
        return None
    return float(average_precision_score(there[labelled], scores[labelled, index]))


@torch.no_grad()
def best_scores(model: nn.Module, pixels: Tensor, side: int) -> np.ndarray:
    """Find each photo's highest score of each class, float32 (photos, classes).

    Args:
        model: NanoDet.
        pixels: uint8 (photos, 3, any, any).
        side: Pixels that they are resized to.
    """
    best = []
    for part in torch.split(pixels, _BATCH):
        resized = nn.functional.interpolate(part.float(), (side, side), mode="bilinear", align_corners=False)
        outputs = [output.float().flatten(2) for output in model(resized)]
        best.append(torch.cat(outputs, 2)[:, : -4 * BINS].amax(2).sigmoid())
    return np.asarray(torch.cat(best).cpu())


def _on_device(photos: Sequence[LabelledPhoto], device: torch.device) -> LabelledPixels:
    """Read photos, each once, and move them to the device; a photo that is there twice has two rows."""
    unique = list(dict.fromkeys(photo.image for photo in photos))
    pixels = read_squashed(unique, SIDE)
    rows = {image: row for row, image in enumerate(unique)}
    taken = torch.tensor([rows[photo.image] for photo in photos])
    return LabelledPixels.of(torch.from_numpy(pixels)[taken], list(photos), device)


def _fingerprints(data: LabelledPixels) -> np.ndarray:
    pixels = data.pixels.permute(0, 2, 3, 1).cpu().numpy()
    return np.unique(np.stack([fingerprint(photo) for photo in pixels]), axis=0)


def _digest(photos: Sequence[LabelledPhoto]) -> str:
    """Of the labels and the names: a run that was interrupted does not go on with others."""
    digest = hashlib.sha256()
    for photo in photos:
        digest.update(photo.image.name.encode("utf-8", "surrogateescape"))
        for values in (photo.boxes.corners, photo.boxes.classes, photo.boxes.targets, photo.known):
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
