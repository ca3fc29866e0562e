"""The vocabulary and the networks that a recipe describes, before they are trained."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from earsight_training.data.tokens import (
    Vocabulary,
    clean_caption,
    gpt2_vocabulary,
    own_vocabulary,
    refuse_larger_vocabulary,
)
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.conv_encoder import STRIDE, ConvEncoder
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.networks.efficientnet import EfficientNetLite
from earsight_training.networks.encoders import FeatureMapEncoder
from earsight_training.networks.gpt2 import load_gpt2, load_tokenizer
from earsight_training.networks.mapper import build_mapper
from earsight_training.recipe import (
    BundleEncoderSettings,
    CellMapperSettings,
    ClipEncoderSettings,
    ConvEncoderSettings,
    EfficientNetSettings,
    Gpt2DecoderSettings,
    OwnDecoderSettings,
    Recipe,
)


def build_vocabulary(
    recipe: Recipe, captions: Sequence[Sequence[str]], local_files_only: bool = False
) -> Vocabulary:
    """Load GPT-2's vocabulary, or learn one from captions.

    Args:
        recipe: Its section decoder decides.
        captions: The references of each photo.
        local_files_only: Whether nothing is downloaded.

    Raises:
        Gpt2Error: GPT-2's vocabulary can't be loaded.
    """
    if isinstance(recipe.decoder, Gpt2DecoderSettings):
        return gpt2_vocabulary(load_tokenizer(recipe.decoder.model, local_files_only=local_files_only))
    cleaned = (clean_caption(text) for texts in captions for text in texts)
    return own_vocabulary(cleaned, recipe.decoder.vocabulary, recipe.data.languages)


def build_decoder(recipe: Recipe, vocabulary: Vocabulary, local_files_only: bool = False) -> DecoderNetwork:
    """Load GPT-2, frozen or not, or make a decoder with random weights.

    Args:
        recipe: Its section decoder decides.
        vocabulary: The decoder's.
        local_files_only: Whether nothing is downloaded.

    Raises:
        Gpt2Error: GPT-2 can't be loaded.
    """
    settings = recipe.decoder
    if isinstance(settings, OwnDecoderSettings):
        positions = prefix_length(recipe) + recipe.captions.longest
        return build_own_decoder(settings, vocabulary.tokenizer.get_vocab_size(), positions)
    decoder = load_gpt2(settings.model, settings.dropout, local_files_only=local_files_only)
    refuse_larger_vocabulary(vocabulary, len(decoder.tokens.weight), settings.model)
    return decoder.requires_grad_(not settings.frozen)


def build_model(recipe: Recipe, channels: int, decoder: DecoderNetwork) -> CaptionModel:
    """Join encoder, mapper and decoder. Encoder and mapper have random weights.

    Args:
        recipe: With encoder: clip or bundle, the encoder is nn.Identity.
        channels: Numbers of an embedding; ignored for an encoder that gives a feature map.
        decoder: Given, since it may be trained already.

    Raises:
        TrainingError: The mapper does not fit the decoder.
    """
    encoder: nn.Module = nn.Identity()
    cells = 0
    if not isinstance(recipe.encoder, ClipEncoderSettings | BundleEncoderSettings):
        encoder = build_encoder(recipe.encoder)
        channels, cells = encoder.channels, feature_map_cells(recipe)
    width = decoder.tokens.weight.shape[1]
    mapper = build_mapper(recipe.mapper, channels, width, cells)
    return CaptionModel(encoder, mapper, decoder, starts=len(recipe.data.languages) > 1)


def build_encoder(settings: ConvEncoderSettings | EfficientNetSettings) -> FeatureMapEncoder:
    """Make an encoder with random weights.

    Args:
        settings: The recipe's.
    """
    if isinstance(settings, EfficientNetSettings):
        return EfficientNetLite(settings.variant)
    return ConvEncoder(settings.widths, settings.depths)


def feature_map_cells(recipe: Recipe) -> int:
    """Return the number of cells of the recipe's feature map."""
    assert recipe.captions.photos is not None
    return (recipe.captions.photos.side // STRIDE) ** 2


def prefix_length(recipe: Recipe) -> int:
    """Return the number of vectors of the recipe's prefix."""
    return (
        feature_map_cells(recipe) + 1
        if isinstance(recipe.mapper, CellMapperSettings)
        else recipe.mapper.prefix
    )


def build_own_decoder(settings: OwnDecoderSettings, vocabulary: int, positions: int) -> DecoderNetwork:
    """Make a decoder with random weights.

    Args:
        settings: The recipe's.
        vocabulary: Number of tokens.
        positions: The longest sequence, prefix and caption together.
    """
    return DecoderNetwork(
        vocabulary,
        positions,
        settings.width,
        settings.layers,
        settings.heads,
        settings.dropout,
        causal_prefix=False,
    )
