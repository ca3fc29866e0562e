"""Teach the encoder to see what the teacher sees, before it learns to caption.

Loss: mean squared error of the projected feature map (unit total variance, so 1 is no better than the
mean) plus the Kullback-Leibler divergence of the class scores. Pictures are mirrored together with the
teacher's map: no caption is involved, so left and right can't be taught wrong.
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
from earsight_training.learning.distributed import autocast
from earsight_training.learning.teacher import CLASSES, TeacherViews
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.networks.conv_encoder import ConvEncoder
from earsight_training.recipe import DistillSettings


class DistilledEncoder(nn.Module):
    """An encoder with the two heads that exist only while it is taught."""

    def __init__(self, encoder: ConvEncoder, components: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.map_head = nn.Conv2d(encoder.channels, components, 1)
        self.score_head = nn.Linear(encoder.channels, CLASSES)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        features = self.encoder(pixels)
        return self.map_head(features), self.score_head(features.mean((2, 3)))


class ViewDataset(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """One random view of each photo with the teacher's map and scores."""

    def __init__(self, pixels: np.ndarray, views: TeacherViews, side: int, seed: int) -> None:
        self._pixels, self._views, self._side, self._seed = pixels, views, side, seed

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
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
    """Map error (mean over cells of the squared distance) and score divergence, weighted. Two scalars."""
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


def distill(
    encoder: ConvEncoder,
    pixels: np.ndarray,
    views: TeacherViews,
    settings: DistillSettings,
    checkpoint: Path,
    seed: int,
) -> ConvEncoder:
    """Train until the last epoch of the settings, going on from the checkpoint if there is one.

    Returns the encoder with averaged weights (exponential moving average).
    """
    torch.manual_seed(seed)
    model = DistilledEncoder(encoder, views.maps.shape[-1])
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    sides = list(_epochs(settings))
    trainer = Trainer(
        "distill",
        model,
        torch.optim.AdamW(model.parameters(), settings.learning_rate, weight_decay=0.05),
        checkpoint,
        TrainingPlan(
            photos=len(pixels),
            batch=settings.batch,
            epochs=len(sides),
            seed=seed,
            warmup_steps=2 * (len(pixels) // settings.batch),
            ema=settings.ema,
            average_buffers=True,
        ),
        curves=checkpoint.parent / "distill",
    )

    def losses(batch: list[Tensor]) -> tuple[dict[str, Tensor], int]:
        images, target_map, target_scores = batch
        with autocast(images.device):
            outputs = model(images.permute(0, 3, 1, 2).float())
        map_loss, score_loss = distillation_loss(outputs, target_map, target_scores, settings.score_weight)
        return {"map": map_loss, "scores": score_loss}, len(images)

    averaged = trainer.run(
        lambda epoch: ViewDataset(pixels, views, sides[epoch], seed * 1000 + epoch), losses
    )
    assert isinstance(averaged, DistilledEncoder)
    return averaged.encoder
