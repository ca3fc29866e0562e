"""Learn to caption: first the decoder alone on the distilled encoder, then both together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import Dataset

from earsight_training.augment import random_box, view
from earsight_training.datasets import CaptionedPhoto
from earsight_training.epochs import Trainer
from earsight_training.model import PADDING, CaptionModel
from earsight_training.recipe import CaptionSettings
from earsight_training.tokens import END_ID, clean_caption, mirrored_caption


class CaptionDataset(Dataset[tuple[Tensor, Tensor]]):
    """A random view of each photo with all its captions: uint8 (side, side, 3), int64 (captions, longest).

    PADDING fills what follows the end token, and the rows of photos with less captions than others.
    """

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
        self._rows = max(len(photo.captions) for photo in photos)
        cleaned = [[clean_caption(caption) for caption in photo.captions] for photo in photos]
        self._tokens = [self._encode(tokenizer, texts) for texts in cleaned]
        self._mirrored = [
            self._encode(tokenizer, [mirrored_caption(text) for text in texts]) for texts in cleaned
        ]

    def _encode(self, tokenizer: Tokenizer, texts: list[str]) -> Tensor:
        rows = torch.full((self._rows, self._longest), PADDING)
        for row, text in zip(rows, texts, strict=False):
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
    """AdamW; the encoder learns at a rate of its own."""
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
    trainer = Trainer(
        "captions",
        model,
        _optimizer(model, settings),
        checkpoint,
        photos=len(dataset),
        batch=settings.batch,
        epochs=settings.epochs,
        warmup_epochs=1,
        ema=settings.ema,
        average_buffers=False,
    )

    def begin_epoch(epoch: int) -> CaptionDataset:
        dataset.reseed(seed * 1000 + epoch)
        model.encoder.requires_grad_(epoch >= settings.frozen_epochs)
        model.train()
        model.encoder.eval()
        return dataset

    def losses(batch: list[Tensor]) -> dict[str, Tensor]:
        images, tokens = batch
        longest = int((tokens != PADDING).any(1).any(0).sum())
        with torch.autocast("cpu", dtype=torch.bfloat16):
            pixels = images.permute(0, 3, 1, 2).float()
            return {"loss": model.loss(pixels, tokens[:, :, :longest], settings.smoothing)}

    averaged = trainer.run(begin_epoch, losses)
    assert isinstance(averaged, CaptionModel)
    return averaged.eval()
