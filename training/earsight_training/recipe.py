"""A training recipe: one YAML file that holds every choice of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from earsight_training.errors import TrainingError


class RecipeError(TrainingError):
    """A recipe that can't be used; the message names the file, the key and what is wrong."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EncoderSettings(_Section):
    widths: tuple[int, ...] = (48, 96, 192, 384)
    depths: tuple[int, ...] = (1, 2, 3, 2)

    @model_validator(mode="after")
    def _four_stages(self) -> Self:
        if len(self.widths) != 4 or len(self.depths) != 4:
            raise ValueError("widths and depths need four numbers each: the map's stride is 32")
        return self


class DistillStage(_Section):
    side: int = Field(multiple_of=32, gt=0)
    epochs: int = Field(gt=0)


class DistillSettings(_Section):
    views: int = Field(10, gt=0)
    components: int = Field(320, gt=0, le=1280)
    stages: tuple[DistillStage, ...]
    batch: int = Field(64, gt=0)
    learning_rate: float = Field(2e-3, gt=0)
    score_weight: float = Field(0.1, ge=0)
    ema: float = Field(0.998, gt=0, lt=1)


class DecoderSettings(_Section):
    vocabulary: int = Field(3000, gt=300)
    width: int = Field(256, gt=0)
    layers: int = Field(3, gt=0)
    heads: int = Field(8, gt=0)
    dropout: float = Field(0.15, ge=0, lt=1)
    longest: int = Field(26, gt=0, description="tokens of a caption at most, the end token included")

    @model_validator(mode="after")
    def _whole_heads(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is no multiple of heads {self.heads}")
        return self


class CaptionSettings(_Section):
    side: int = Field(160, multiple_of=32, gt=0)
    epochs: int = Field(16, gt=0)
    frozen_epochs: int = Field(8, ge=0, description="at first the encoder stays as distilled")
    batch: int = Field(32, gt=0)
    learning_rate: float = Field(1e-3, gt=0)
    encoder_learning_rate: float = Field(1e-4, ge=0)
    smoothing: float = Field(0.1, ge=0, lt=1)
    least_area: float = Field(0.6, gt=0, le=1, description="share of the photo that a crop keeps at least")
    ema: float = Field(0.999, gt=0, lt=1)


class DataSettings(_Section):
    train: tuple[str, ...] = ("train",)
    validation: tuple[str, ...] = ("val",)
    side: int = Field(224, gt=0, description="photos are squashed to this size before crops are taken")


class Recipe(_Section):
    name: str
    licence: str
    seed: int = 1
    data: DataSettings = DataSettings()
    encoder: EncoderSettings = EncoderSettings()
    distill: DistillSettings
    decoder: DecoderSettings = DecoderSettings()
    captions: CaptionSettings = CaptionSettings()


def load_recipe(path: Path) -> Recipe:
    """Raises RecipeError for a file that can't be read, is no YAML, or does not fit."""
    try:
        return Recipe.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RecipeError(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RecipeError(f"{path}: {key}: {first['msg']}") from error
