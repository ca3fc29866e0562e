"""Checkpoints that others published (ClipCap's, and the mission's captioner after it) as our captioners.

A state dict with `gpt.*` (transformers' GPT2LMHeadModel) and `clip_project.*` (the mapper), as the code of
Mokady et al. (arXiv:2111.09734) saves it. Shapes tell which mapper it is, and how long its prefix.
"""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from earsight_files.text import printable
from earsight_training.data.tokens import gpt2_vocabulary, refuse_larger_vocabulary
from earsight_training.errors import TrainingError
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.networks.gpt2 import decoder_from
from earsight_training.networks.mapper import MlpMapper, TransformerMapper
from earsight_training.recipe import (
    CaptionSettings,
    ClipEncoderSettings,
    Gpt2DecoderSettings,
    MlpMapperSettings,
    Recipe,
    TransformerMapperSettings,
)
from earsight_training.trained_captioner import TrainedCaptioner
from earsight_training.weights_files import WeightsFileError, load_torch

GPT, MAPPER = "gpt.", "clip_project."
LONGEST = 40
"""Tokens that the published search takes at most."""
_HEADS = 8
"""Of the published transformer mapper; no shape tells it."""
_CLIP_BY_NUMBERS = {512: "ViT-B/32", 640: "RN50x4", 768: "ViT-L/14", 1024: "RN50"}
"""The likeliest encoder for an embedding of so many numbers; several have the same."""


class PublishedError(TrainingError):
    """The file is not such a checkpoint; the message names what does not fit."""


def read_published(
    path: Path, tokenizer: Tokenizer, *, clip: str | None = None, unit_length: bool | None = None
) -> TrainedCaptioner:
    """Read a published checkpoint, without running code in it.

    Args:
        path: The file.
        tokenizer: GPT-2's.
        clip: The encoder that it was trained with; None takes the likeliest for the embedding's size.
        unit_length: Whether embeddings are scaled to length 1; None does as the published code for that
            mapper.

    Returns:
        The captioner, whose encoder is nn.Identity.

    Raises:
        PublishedError: It is something else, damaged, or not whole.
        VocabularyError: The tokenizer is of another GPT-2.
    """
    state = _read(path)
    try:
        decoder = decoder_from(state, prefix=GPT)
        mapper, mapping = _mapper(_under(state, MAPPER), decoder, unit_length)
    except TrainingError as error:
        raise PublishedError(f"{path}: {error}") from error
    vocabulary = gpt2_vocabulary(tokenizer)
    refuse_larger_vocabulary(vocabulary, len(decoder.tokens.weight), str(path))
    embedding = mapper.embedding
    recipe = Recipe(
        name=printable(path.stem),
        licence="that of the file it was imported from",
        encoder=ClipEncoderSettings(kind="clip", model=printable(clip or _clip(path, embedding))),
        mapper=mapping,
        decoder=Gpt2DecoderSettings(kind="gpt2"),
        captions=CaptionSettings(longest=LONGEST),
    )
    model = CaptionModel(torch.nn.Identity(), mapper, decoder).eval()
    return TrainedCaptioner(recipe, model, vocabulary, torch.zeros(embedding))


def _read(path: Path) -> dict[str, Tensor]:
    try:
        state = load_torch(path)
    except WeightsFileError as error:
        raise PublishedError(str(error)) from error
    except OSError as error:
        raise PublishedError(f"{path}: {error.strerror}") from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise PublishedError(f"{path}: not a state dict (names to tensors)")
    unknown = sorted(key for key in state if not str(key).startswith((GPT, MAPPER)))
    if unknown:
        raise PublishedError(f"{path}: {unknown[0]}: neither {GPT}* nor {MAPPER}*")
    return state


def _under(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value.float() for key, value in state.items() if key.startswith(prefix)}


def _clip(path: Path, embedding: int) -> str:
    if embedding not in _CLIP_BY_NUMBERS:
        raise PublishedError(f"{path}: embeddings of {embedding} numbers: name their encoder by --clip")
    return _CLIP_BY_NUMBERS[embedding]


def _mapper(
    weights: dict[str, Tensor], decoder: DecoderNetwork, unit_length: bool | None
) -> tuple[MlpMapper | TransformerMapper, MlpMapperSettings | TransformerMapperSettings]:
    width = decoder.tokens.weight.shape[1]
    mapper: MlpMapper | TransformerMapper
    mapping: MlpMapperSettings | TransformerMapperSettings
    try:
        if "prefix_const" in weights:
            mapping = _transformer_mapping(weights, width, unit_length)
            with torch.device("meta"):
                mapper = TransformerMapper(weights["linear.weight"].shape[1], width, mapping)
            renamed = _transformer_weights(weights, mapping.layers)
        else:
            mapping = _mlp_mapping(weights, width, unit_length)
            with torch.device("meta"):
                mapper = MlpMapper(weights["model.0.weight"].shape[1], width, mapping)
            renamed = {_MLP.get(key, key): value for key, value in weights.items()}
        mapper.load_state_dict(renamed, assign=True)
    except KeyError as error:
        raise PublishedError(f"no {MAPPER}{error.args[0]}: not a published mapper") from error
    except RuntimeError as error:
        raise PublishedError(f"{MAPPER}*: {' '.join(str(error).split())}") from error
    if mapping.prefix >= len(decoder.positions.weight):
        raise PublishedError(
            f"a prefix of {mapping.prefix} leaves {GPT}transformer.wpe no room for a caption"
        )
    return mapper, mapping


def _mlp_mapping(weights: dict[str, Tensor], width: int, unit_length: bool | None) -> MlpMapperSettings:
    prefix, rest = divmod(len(weights["model.2.weight"]), width)
    if rest or not prefix:
        raise PublishedError(f"{MAPPER}model.2.weight: its rows are no multiple of GPT-2's width, {width}")
    return MlpMapperSettings(kind="mlp", prefix=prefix, unit_length=bool(unit_length))


def _transformer_mapping(
    weights: dict[str, Tensor], width: int, unit_length: bool | None
) -> TransformerMapperSettings:
    clip_length, rest = divmod(len(weights["linear.weight"]), width)
    if rest or not clip_length:
        raise PublishedError(f"{MAPPER}linear.weight: its rows are no multiple of GPT-2's width, {width}")
    layers = len({key.split(".")[2] for key in weights if key.startswith("transformer.layers.")})
    if not layers:
        raise PublishedError(f"no {MAPPER}transformer.layers.*: not a published mapper")
    return TransformerMapperSettings(
        kind="transformer",
        prefix=len(weights["prefix_const"]),
        clip_length=clip_length,
        layers=layers,
        heads=_HEADS,
        unit_length=unit_length is not False,
    )


def _transformer_weights(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Weights by our names. The published mapper has queries apart from keys and values."""
    renamed = {_OUTSIDE.get(key, key): value for key, value in weights.items() if "layers." not in key}
    for layer in range(layers):
        theirs, ours = f"transformer.layers.{layer}.", f"blocks.{layer}."
        block = {key.removeprefix(theirs): v for key, v in weights.items() if key.startswith(theirs)}
        packed = [block.pop("attn.to_queries.weight"), block.pop("attn.to_keys_values.weight")]
        renamed[f"{ours}queries_keys_values.weight"] = torch.cat(packed)
        for key, value in block.items():
            module, kind = key.rsplit(".", 1)
            renamed[f"{ours}{_BLOCK.get(module, module)}.{kind}"] = value
    return renamed


_MLP = {
    "model.0.weight": "first.weight",
    "model.0.bias": "first.bias",
    "model.2.weight": "second.weight",
    "model.2.bias": "second.bias",
}
_OUTSIDE = {"prefix_const": "constants"}
_BLOCK = {
    "norm1": "attention_norm",
    "attn.project": "attention_output",
    "norm2": "feed_norm",
    "mlp.fc1": "feed_in",
    "mlp.fc2": "feed_out",
}
