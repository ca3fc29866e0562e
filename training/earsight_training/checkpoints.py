"""Checkpoints that survive a power cut: written beside, synced, then renamed; read without pickle code."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import torch

from earsight_training.errors import TrainingError


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    try:
        with partial.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:  # a full disk, or an interrupt: the room that it took is needed
        partial.unlink(missing_ok=True)
        raise


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The saved state, or None where there is none yet. Raises TrainingError for a damaged file."""
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise TrainingError(f"{path}: not a checkpoint, or damaged; delete it to start anew") from error
    return state
