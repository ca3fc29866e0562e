"""Checkpoints that survive a power cut: written beside, synced, then renamed; read without pickle code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from earsight_training.atomic import replacing
from earsight_training.errors import TrainingError


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    with replacing(path) as file:
        torch.save(state, file)


def load_checkpoint(path: Path) -> dict[str, Any] | None:
    """The saved state, or None where there is none yet. Raises TrainingError for a damaged file."""
    if not path.exists():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # unpickling what is no pickle raises nearly anything
        raise TrainingError(f"{path}: not a checkpoint, or damaged; delete it to start anew") from error
    if not isinstance(state, dict):
        raise TrainingError(f"{path}: not a checkpoint, or damaged; delete it to start anew")
    return state
