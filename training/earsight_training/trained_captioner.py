"""A trained captioner as one file: what `train` and `import` write, and what `export` and `evaluate` read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from tokenizers import Tokenizer
from torch import Tensor, nn

from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.data.tokens import Vocabulary
from earsight_training.errors import TrainingError
from earsight_training.networks.conv_encoder import STRIDE, ConvEncoder
from earsight_training.networks.efficientnet import EfficientNetLite
from earsight_training.networks.mapper import build_mapper
from earsight_training.networks.model import CaptionModel, DecoderNetwork
from earsight_training.recipe import (
    CellMapperSettings,
    ClipEncoderSettings,
    ConvEncoderSettings,
    EfficientNetSettings,
    OwnDecoderSettings,
    Recipe,
)

FeatureMapEncoder = ConvEncoder | EfficientNetLite
"""Encoders that learn along with the captions; what they see is a map."""


@dataclass(frozen=True)
class TrainedCaptioner:
    """A model with all that it takes to use it.

    The encoder of a recipe with CLIP is not in it (nn.Identity): CLIP's weights stay where they are.
    """

    recipe: Recipe
    model: CaptionModel
    vocabulary: Vocabulary
    embedding_mean: Tensor
    """Float (channels,): mean of the encoder's pooled map, or of the embeddings, over the training photos."""
    clip_sha256: str | None = None
    """Of the CLIP whose embeddings it learned from; None where that is not known, or there is no CLIP."""


def build_model(recipe: Recipe, channels: int, decoder: DecoderNetwork) -> CaptionModel:
    """Untrained, but for the decoder. channels: numbers of an embedding, where the recipe has no encoder of
    its own."""
    encoder: nn.Module = nn.Identity()
    cells = 0
    if not isinstance(recipe.encoder, ClipEncoderSettings):
        encoder = build_encoder(recipe.encoder)
        channels, cells = encoder.channels, prefix_cells(recipe)
    width = decoder.tokens.weight.shape[1]
    return CaptionModel(encoder, build_mapper(recipe.mapper, channels, width, cells), decoder)


def build_encoder(settings: ConvEncoderSettings | EfficientNetSettings) -> FeatureMapEncoder:
    if isinstance(settings, EfficientNetSettings):
        return EfficientNetLite(settings.variant)
    return ConvEncoder(settings.widths, settings.depths)


def prefix_cells(recipe: Recipe) -> int:
    """Cells of the map of an encoder of our own."""
    assert recipe.captions.photos is not None
    return (recipe.captions.photos.side // STRIDE) ** 2


def prefix_length(recipe: Recipe) -> int:
    return prefix_cells(recipe) + 1 if isinstance(recipe.mapper, CellMapperSettings) else recipe.mapper.prefix


def own_decoder(settings: OwnDecoderSettings, vocabulary: int, positions: int) -> DecoderNetwork:
    return DecoderNetwork(
        vocabulary,
        positions,
        settings.width,
        settings.layers,
        settings.heads,
        settings.dropout,
        causal_prefix=False,
    )


def save_captioner(path: Path, captioner: TrainedCaptioner) -> None:
    save_checkpoint(
        path,
        {
            "captioner": 1,
            "recipe": captioner.recipe.model_dump_json(),
            "tokenizer": captioner.vocabulary.tokenizer.to_str(),
            "end": captioner.vocabulary.end,
            "heads": captioner.model.decoder.heads,
            "causal_prefix": captioner.model.decoder.causal_prefix,
            "embedding_mean": captioner.embedding_mean,
            "clip_sha256": captioner.clip_sha256,
            "model": captioner.model.state_dict(),
        },
    )


def load_captioner(path: Path) -> TrainedCaptioner:
    """Ready to be used (eval mode). Raises TrainingError for anything that save_captioner() did not write."""
    state = load_checkpoint(path)
    if state is None:
        raise TrainingError(
            f"{path} is not there; run `earsight-train train` or `earsight-train import` first"
        )
    try:
        recipe = Recipe.model_validate_json(state["recipe"])
        vocabulary = Vocabulary(Tokenizer.from_str(state["tokenizer"]), int(state["end"]))
        weights: Mapping[str, Tensor] = state["model"]
        mean: Tensor = state["embedding_mean"]
        model = build_model(recipe, len(mean), _empty_decoder(weights, state))
        model.load_state_dict(weights)
    except (KeyError, TypeError, ValueError, RuntimeError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise TrainingError(f"{path}: not a captioner that this version wrote ({first})") from error
    return TrainedCaptioner(recipe, model.eval(), vocabulary, mean, state.get("clip_sha256"))


def _empty_decoder(weights: Mapping[str, Tensor], state: Mapping[str, Any]) -> DecoderNetwork:
    """Of the sizes that its weights have."""
    vocabulary, width = weights["decoder.tokens.weight"].shape
    layers = len({key.split(".")[2] for key in weights if key.startswith("decoder.blocks.")})
    positions = len(weights["decoder.positions.weight"])
    return DecoderNetwork(
        vocabulary, positions, width, layers, state["heads"], causal_prefix=bool(state["causal_prefix"])
    )
