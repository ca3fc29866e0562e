"""What each process reads of a batch that all of them share."""

from __future__ import annotations

import multiprocessing
import os

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, TensorDataset

from earsight_training.learning.distributed import Process


def encoder_input(images: Tensor) -> Tensor:
    """Turn photos of a batch into what an encoder takes; prefixes of a bundle's encoder stay what they are.

    Args:
        images: Photos, uint8 (batch, side, side, 3), or prefixes, float16 (batch, length, width).

    Returns:
        Float32 (batch, 3, side, side), or (batch, length, width).
    """
    return (images.permute(0, 3, 1, 2) if images.dtype == torch.uint8 else images).float()


def epoch_order(photos: int, batch: int, seed: int, epoch: int) -> np.ndarray:
    """Draw the order of the photos, the same in every process and after a resume.

    Args:
        photos: How many there are.
        batch: Photos of a step.
        seed: Of the run.
        epoch: From 0.

    Returns:
        Whole batches, int64 (batches, batch).
    """
    order = np.random.default_rng((seed, epoch)).permutation(photos)
    return order[: photos // batch * batch].reshape(-1, batch)


def _workers(process: Process) -> int:
    """Nearly all processors where a GPU does the rest, else half of them."""
    processors = (os.cpu_count() or 1) // process.local_size
    return max(1, processors - 2 if process.device.type == "cuda" else processors // 2)


def load_batches(data: Dataset, order: np.ndarray, process: Process) -> DataLoader:
    """Load this process' share of each batch.

    A TensorDataset is in memory as tensors: its batches are indexed here, in one go. Those of others are made
    by worker processes, whose number changes the speed alone, not what they yield.

    Args:
        data: The photos.
        order: What epoch_order() gave.
        process: This one.
    """
    shares = [np.array_split(batch, process.size)[process.rank].tolist() for batch in order]
    pinned = process.device.type == "cuda"
    if isinstance(data, TensorDataset):
        return DataLoader(data, batch_size=None, sampler=shares, pin_memory=pinned)
    # Otherwise the tokenizers library warns of each fork that comes after its threads have run.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return DataLoader(
        data,
        batch_sampler=shares,
        num_workers=_workers(process),
        pin_memory=pinned,
        # The photos are in memory, by the gigabyte: a forked worker shares them, others would copy them. It
        # lives for one epoch, since it holds that epoch's data (other views, another size).
        multiprocessing_context=multiprocessing.get_context("fork"),
    )
