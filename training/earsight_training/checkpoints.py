"""Checkpoints that survive a power cut: written beside, synced, then renamed; read without pickled code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from earsight_training.atomic import replacing
from earsight_training.weights_files import WeightsFileError, load_torch


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a state, as replacing() does.

    Args:
        path: The file.
        state: Tensors and plain values.

    Raises:
        OSError: It can't be written.
        RuntimeError: It can't be written, as torch reports that.
    """
    with replacing(path) as file:
        torch.save(state, file)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """Read a state.

    Args:
        path: The file.

    Returns:
        The state, on the CPU; None where there is no file.

    Raises:
        WeightsFileError: The file is damaged, not whole, or no checkpoint.
    """
    if not path.exists():
        return None
    state = load_torch(path)
    if not isinstance(state, dict):
        raise WeightsFileError(f"{path}: not a checkpoint of earsight-train")
    return state
