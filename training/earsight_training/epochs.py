"""Epochs that can be interrupted: averaged weights, a learning-rate schedule, a checkpoint after each."""

from __future__ import annotations

import math
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.errors import TrainingError


def warmup_cosine(step: int, warmup: int, total: int) -> float:
    """Learning-rate factor: linear up over warmup steps, then a cosine down to nothing."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - warmup) / max(1, total - warmup))))


class Trainer:
    """A model in training, with the exponential moving average of its weights.

    It goes on from the checkpoint where there is one, to the same weights as without the interruption.
    """

    def __init__(
        self,
        name: str,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        checkpoint: Path,
        *,
        photos: int,
        batch: int,
        epochs: int,
        warmup_epochs: int,
        ema: float,
        average_buffers: bool,
    ) -> None:
        """Raises TrainingError for less photos than a batch, or a checkpoint of something else."""
        steps = photos // batch
        if not steps:
            raise TrainingError(f"{photos} photos are less than a batch of {batch}; make the batch smaller")
        self._name, self._model, self._optimizer, self._checkpoint = name, model, optimizer, checkpoint
        self._batch, self._epochs = batch, epochs
        ema_step = get_ema_multi_avg_fn(ema)  # type: ignore[no-untyped-call]
        self._average = AveragedModel(model, multi_avg_fn=ema_step, use_buffers=average_buffers)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: warmup_cosine(step, warmup_epochs * steps, epochs * steps)
        )
        self._done = self._resume()

    def _parts(self) -> dict[str, Any]:
        return {
            "model": self._model,
            "average": self._average,
            "optimizer": self._optimizer,
            "schedule": self._schedule,
        }

    def _resume(self) -> int:
        """The number of epochs that the checkpoint has seen."""
        state = load_checkpoint(self._checkpoint)
        if state is None:
            return 0
        try:
            for name, part in self._parts().items():
                part.load_state_dict(state[name])
            if "random" in state:  # what the order of the photos and dropout are drawn from
                torch.set_rng_state(state["random"])
            return int(state["epochs"])
        except (KeyError, RuntimeError, ValueError) as error:
            raise TrainingError(
                f"{self._checkpoint}: made by another recipe; delete it, or give another --work"
            ) from error

    def _save(self, done: int) -> None:
        state = {name: part.state_dict() for name, part in self._parts().items()}
        save_checkpoint(self._checkpoint, {"epochs": done, "random": torch.get_rng_state()} | state)

    def run(
        self, begin_epoch: Callable[[int], Dataset], losses: Callable[[list[Tensor]], dict[str, Tensor]]
    ) -> nn.Module:
        """Train until the last epoch; returns the averaged model.

        begin_epoch: from the epoch's number to its data. losses: from a batch to named scalars, whose sum
        is made smaller.
        """
        for epoch in range(self._done, self._epochs):
            means = self._epoch(f"{self._name} epoch {epoch + 1}/{self._epochs}", begin_epoch(epoch), losses)
            self._save(epoch + 1)
            said = " ".join(f"{term} {mean:.4f}" for term, mean in means.items())
            print(f"{self._name} epoch {epoch + 1}/{self._epochs} {said}", flush=True)
        averaged: nn.Module = self._average.module
        return averaged

    def _epoch(
        self, title: str, data: Dataset, losses: Callable[[list[Tensor]], dict[str, Tensor]]
    ) -> dict[str, float]:
        history: list[list[float]] = []
        terms: dict[str, Tensor] = {}
        for batch in tqdm(_shuffled(data, self._batch), title, leave=False, disable=None):
            terms = losses(batch)
            self._optimizer.zero_grad(set_to_none=True)
            sum(terms.values(), torch.zeros(())).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
            self._optimizer.step()
            self._schedule.step()
            self._average.update_parameters(self._model)
            history.append([float(term.detach()) for term in terms.values()])
        return dict(zip(terms, np.mean(history, axis=0), strict=True))


def _shuffled(data: Dataset, batch: int) -> DataLoader:
    """Whole batches in random order. The number of workers changes the speed alone, not what they yield."""
    workers = max(1, (os.cpu_count() or 1) // 2)
    return DataLoader(
        data,
        batch,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        # The photos are in memory, by the gigabyte: a forked worker shares them, others would copy them.
        multiprocessing_context=multiprocessing.get_context("fork"),
    )
