"""A training recipe: one YAML file that holds every choice of a run."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class RecipeError(Exception):
    """A recipe that can't be used; the message names the file, the key and what is wrong."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EncoderSettings(_Section):
    widths: tuple[int, ...] = (48, 96, 192, 384)
    depths: tuple[int, ...] = (1, 2, 3, 2)


class DistillStage(_Section):
    side: int = Field(multiple_of=32, gt=0)
    epochs: int = Field(gt=0)


class DistillSettings(_Section):
    views: int = Field(10, gt=0)
    components: int = Field(320, gt=0)
    stages: tuple[DistillStage, ...]
    batch: int = Field(64, gt=0)
    learning_rate: float = Field(2e-3, gt=0)
    score_weight: float = Field(0.1, ge=0)
    ema: float = Field(0.998, gt=0, lt=1)
