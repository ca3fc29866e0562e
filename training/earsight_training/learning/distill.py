"""Knowledge distillation: the encoder learns to see what a teacher sees, before it learns to caption.

The loss is the mean squared error of the projected feature map (whose total variance is 1, so that 1 is no
better than the mean) plus the Kullback-Leibler divergence of the class scores. Images are mirrored together
with the teacher's map: no caption is involved, so left and right can't be taught wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import Dataset

from earsight_training.data.augment import view
from earsight_training.data.fingerprints import digest
from earsight_training.learning.distributed import Losses, autocast
from earsight_training.learning.teacher import CLASSES, TeacherViews
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.networks.conv_encoder import ConvEncoder
from earsight_training.recipe import DistillSettings


class DistilledEncoder(nn.Module):
    """An encoder with two heads that exist only while it is taught.

    Attributes:
        encoder: The student.
        map_head: Feature map to the teacher's projected map.
        score_head: Pooled features to the teacher's class scores.
    """

    def __init__(self, encoder: ConvEncoder, components: int) -> None:
        """Add heads with random weights.

        Args:
            encoder: The student.
            components: Channels of the teacher's projected map.
        """
        super().__init__()
        self.encoder = encoder
        self.map_head = nn.Conv2d(encoder.channels, components, 1)
        self.score_head = nn.Linear(encoder.channels, CLASSES)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Predict the teacher's outputs.

        Args:
            pixels: Float (batch, 3, side, side), RGB, 0 to 255.

        Returns:
            The map, float (batch, components, rows, columns), and the class scores, float (batch, CLASSES),
            as logits.
        """
        features = self.encoder(pixels)
        return self.map_head(features), self.score_head(features.mean((2, 3)))


class ViewDataset(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """One random view of each photo with the teacher's map and scores.

    An item is uint8 (side, side, 3), float16 (components, 7, 7) and float16 (CLASSES,).
    """

    def __init__(self, pixels: np.ndarray, views: TeacherViews, side: int, seed: int) -> None:
        """Choose a view of each photo.

        Args:
            pixels: uint8 (photos, any side, the same, 3).
            views: The teacher's.
            side: Pixels that views are resized to.
            seed: Of this epoch.
        """
        self._pixels, self._views, self._side, self._seed = pixels, views, side, seed

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return the view of a photo, mirrored every second time, and the teacher's map and scores."""
        rng = np.random.default_rng((self._seed, index))
        choice = int(rng.integers(self._views.boxes.shape[1]))
        box = tuple(float(edge) for edge in self._views.boxes[index, choice])
        rgb = view(self._pixels[index], box, self._side, rng)
        target = np.asarray(self._views.maps[index, choice]).transpose(2, 0, 1)
        if rng.random() < 0.5:
            rgb, target = rgb[:, ::-1], target[:, :, ::-1]
        scores = torch.from_numpy(self._views.scores[index, choice])
        return torch.from_numpy(rgb.copy()), torch.from_numpy(target.copy()), scores


def distillation_loss(
    outputs: tuple[Tensor, Tensor], target_map: Tensor, target_scores: Tensor, score_weight: float
) -> tuple[Tensor, Tensor]:
    """Compute the two losses of a batch.

    Args:
        outputs: What DistilledEncoder gave.
        target_map: Float (batch, components, rows, columns), of any size.
        target_scores: Float (batch, CLASSES), logits.
        score_weight: Factor of the second loss.

    Returns:
        The map's mean squared error and the weighted divergence of the scores, scalars.
    """
    student_map, student_scores = (output.float() for output in outputs)
    size = student_map.shape[-2:]
    wanted = F.interpolate(target_map.float(), size, mode="bilinear", antialias=True)
    map_loss = F.mse_loss(student_map, wanted)
    score_loss = F.kl_div(
        F.log_softmax(student_scores, -1),
        F.log_softmax(target_scores.float(), -1),
        reduction="batchmean",
        log_target=True,
    )
    return map_loss, score_weight * score_loss


def _epochs(settings: DistillSettings) -> Iterator[int]:
    for stage in settings.stages:
        yield from [stage.side] * stage.epochs


def _plan(settings: DistillSettings, pixels: np.ndarray, epochs: int, seed: int) -> TrainingPlan:
    photos = len(pixels)
    return TrainingPlan(
        photos=photos,
        batch=settings.batch,
        epochs=epochs,
        seed=seed,
        warmup_steps=2 * (photos // settings.batch),
        ema=settings.ema,
        average_buffers=True,
        data=digest(pixels),
    )


def distill(
    encoder: ConvEncoder,
    pixels: np.ndarray,
    views: TeacherViews,
    settings: DistillSettings,
    checkpoint: Path,
    seed: int,
) -> ConvEncoder:
    """Train until the last epoch of the settings, going on from the checkpoint if there is one.

    Args:
        encoder: The student.
        pixels: uint8 (photos, any side, the same, 3).
        views: The teacher's, of these photos.
        settings: The recipe's.
        checkpoint: The learning curve goes beside it.
        seed: Of weights and views.

    Returns:
        The encoder with averaged weights (exponential moving average).

    Raises:
        TrainingError: As Trainer does.
    """
    torch.manual_seed(seed)
    model = DistilledEncoder(encoder, views.maps.shape[-1])
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    sides = list(_epochs(settings))
    optimizer = torch.optim.AdamW(model.parameters(), settings.learning_rate, weight_decay=0.05)
    plan, curves = _plan(settings, pixels, len(sides), seed), checkpoint.parent / "distill"
    trainer = Trainer("distill", model, optimizer, checkpoint, plan, curves=curves)

    def begin_epoch(epoch: int) -> ViewDataset:
        return ViewDataset(pixels, views, sides[epoch], seed * 1000 + epoch)

    averaged = trainer.run(begin_epoch, _losses(model, settings.score_weight))
    assert isinstance(averaged, DistilledEncoder)
    return averaged.encoder


def _losses(model: DistilledEncoder, score_weight: float) -> Losses:
    """From a batch to its losses: see Losses."""

    def losses(batch: list[Tensor]) -> tuple[dict[str, Tensor], float]:
        images, target_map, target_scores = batch
        with autocast(images.device):
            outputs = model(images.permute(0, 3, 1, 2).float())
        map_loss, score_loss = distillation_loss(outputs, target_map, target_scores, score_weight)
        return {"map": map_loss, "scores": score_loss}, len(images)

    return losses
