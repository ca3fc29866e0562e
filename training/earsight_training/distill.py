"""Teach the encoder to see what the teacher sees, before it learns to caption.

Loss: mean squared error of the projected feature map (unit total variance, so 1 is no better than the
mean) plus the Kullback-Leibler divergence of the class scores. Pictures are mirrored together with the
teacher's map: no caption is involved, so left and right can't be taught wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from earsight_training.augment import view
from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.encoders import ConvEncoder
from earsight_training.recipe import DistillSettings
from earsight_training.teacher import CLASSES, TeacherViews


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


def warmup_cosine(step: int, warmup: int, total: int) -> float:
    """Learning-rate factor: linear up over warmup steps, then a cosine down to nothing."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warmup) / max(1, total - warmup))))


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
    model = DistilledEncoder(encoder, views.maps.shape[-1]).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(settings.ema), use_buffers=True)
    optimizer = torch.optim.AdamW(model.parameters(), settings.learning_rate, weight_decay=0.05)
    sides = list(_epochs(settings))
    steps = len(pixels) // settings.batch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: warmup_cosine(step, 2 * steps, len(sides) * steps)
    )
    parts = {"model": model, "average": average, "optimizer": optimizer, "schedule": schedule}
    done = 0
    if state := load_checkpoint(checkpoint):
        done = state.pop("epochs")
        for name, part in parts.items():
            part.load_state_dict(state[name])
    for epoch in range(done, len(sides)):
        dataset = ViewDataset(pixels, views, sides[epoch], seed * 1000 + epoch)
        loader = DataLoader(dataset, settings.batch, shuffle=True, drop_last=True, num_workers=1)
        losses = []
        for batch, target_map, target_scores in loader:
            images = batch.permute(0, 3, 1, 2).float()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                outputs = model(images)
            terms = distillation_loss(outputs, target_map, target_scores, settings.score_weight)
            optimizer.zero_grad(set_to_none=True)
            sum(terms, torch.zeros(())).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(model)
            losses.append([float(term.detach()) for term in terms])
        map_loss, score_loss = np.mean(losses, axis=0)
        print(f"distill epoch {epoch + 1}/{len(sides)} map {map_loss:.4f} scores {score_loss:.4f}")
        save_checkpoint(
            checkpoint, {"epochs": epoch + 1} | {n: p.state_dict() for n, p in parts.items()}
        )
    averaged: ConvEncoder = average.module.encoder
    return averaged
