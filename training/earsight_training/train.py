"""Learn to caption: first the decoder alone on the distilled encoder, then both together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset

from earsight_training.augment import random_box, view
from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.datasets import CaptionedPhoto
from earsight_training.distill import warmup_cosine
from earsight_training.model import CaptionModel
from earsight_training.recipe import CaptionSettings
from earsight_training.tokens import END_ID, clean_caption, mirrored_caption

IGNORED = -100


class CaptionDataset(Dataset[tuple[Tensor, Tensor]]):
    """A random view of each photo with all its captions: uint8 (side, side, 3), int64 (captions, longest)."""

    def __init__(
        self,
        pixels: np.ndarray,
        photos: Sequence[CaptionedPhoto],
        tokenizer: Tokenizer,
        settings: CaptionSettings,
        longest: int,
        seed: int,
    ) -> None:
        self._pixels, self._settings, self._longest, self._seed = pixels, settings, longest, seed
        cleaned = [[clean_caption(caption) for caption in photo.captions] for photo in photos]
        self._tokens = [self._encode(tokenizer, texts) for texts in cleaned]
        self._mirrored = [
            self._encode(tokenizer, [mirrored_caption(text) for text in texts]) for texts in cleaned
        ]

    def _encode(self, tokenizer: Tokenizer, texts: list[str]) -> Tensor:
        rows = torch.full((len(texts), self._longest), IGNORED)
        for row, text in zip(rows, texts, strict=True):
            ids = [*tokenizer.encode(text).ids[: self._longest - 1], END_ID]
            row[: len(ids)] = torch.tensor(ids)
        return rows

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng((self._seed, index))
        box = random_box(rng, self._settings.least_area)
        rgb = view(self._pixels[index], box, self._settings.side, rng)
        if rng.random() < 0.5:
            return torch.from_numpy(rgb[:, ::-1].copy()), self._mirrored[index]
        return torch.from_numpy(rgb.copy()), self._tokens[index]

    def reseed(self, seed: int) -> None:
        """Other views from now on."""
        self._seed = seed


def _optimizer(model: CaptionModel, settings: CaptionSettings) -> torch.optim.Optimizer:
    encoder = list(model.encoder.parameters())
    others = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    return torch.optim.AdamW(
        [
            {"params": others, "lr": settings.learning_rate},
            {"params": encoder, "lr": settings.encoder_learning_rate},
        ],
        weight_decay=0.05,
        betas=(0.9, 0.98),
    )


def train(
    model: CaptionModel, dataset: CaptionDataset, settings: CaptionSettings, checkpoint: Path, seed: int
) -> CaptionModel:
    """Train until the last epoch, going on from the checkpoint if there is one.

    Returns the model with averaged weights. The encoder's batch-norm statistics stay as distilled.
    """
    torch.manual_seed(seed)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(settings.ema))
    optimizer = _optimizer(model, settings)
    steps = len(dataset) // settings.batch
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: warmup_cosine(step, steps, settings.epochs * steps)
    )
    parts: dict[str, Any] = {
        "model": model,
        "average": average,
        "optimizer": optimizer,
        "schedule": schedule,
    }
    done = 0
    if state := load_checkpoint(checkpoint):
        done = state.pop("epochs")
        for name, part in parts.items():
            part.load_state_dict(state[name])
    for epoch in range(done, settings.epochs):
        dataset.reseed(seed * 1000 + epoch)
        model.encoder.requires_grad_(epoch >= settings.frozen_epochs)
        loader = DataLoader(dataset, settings.batch, shuffle=True, drop_last=True, num_workers=1)
        losses = []
        for images, tokens in loader:
            model.train()
            model.encoder.eval()
            longest = int((tokens != IGNORED).any(1).any(0).sum())
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = model.loss(
                    images.permute(0, 3, 1, 2).float(), tokens[:, :, :longest], settings.smoothing
                )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update_parameters(model)
            losses.append(float(loss.detach()))
        print(f"captions epoch {epoch + 1}/{settings.epochs} loss {np.mean(losses):.4f}")
        save_checkpoint(checkpoint, {"epochs": epoch + 1} | {n: p.state_dict() for n, p in parts.items()})
    averaged: CaptionModel = average.module
    return averaged.eval()
