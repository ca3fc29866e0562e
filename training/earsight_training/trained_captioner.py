"""A trained captioner as one file: what `train` and `import` write, and what `export` and `evaluate` read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from tokenizers import Tokenizer
from torch import Tensor

from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.data.tokens import Vocabulary
from earsight_training.errors import TrainingError
from earsight_training.model_factory import build_model
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.recipe import Recipe, recipe_from_json


@dataclass(frozen=True)
class TrainedCaptioner:
    """A model with everything that is needed to use it.

    Attributes:
        recipe: What it was trained by.
        model: In eval mode. With a recipe of CLIP its encoder is nn.Identity: CLIP's weights stay where they
            are.
        vocabulary: The decoder's.
        embedding_mean: Float (channels,), the mean of the encoder's pooled feature map, or of the embeddings,
            over the training photos.
        clip_sha256: Of the CLIP whose embeddings it was trained on; None where that is not known, or there is
            no CLIP.
    """

    recipe: Recipe
    model: CaptionModel
    vocabulary: Vocabulary
    embedding_mean: Tensor
    clip_sha256: str | None = None


def save_captioner(path: Path, captioner: TrainedCaptioner) -> None:
    """Write a captioner to a file.

    Args:
        path: The file.
        captioner: The captioner.

    Raises:
        OSError: It can't be written.
    """
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
    """Read a captioner.

    Args:
        path: What save_captioner() wrote.

    Returns:
        The captioner, in eval mode.

    Raises:
        TrainingError: The file is missing, or something else.
    """
    state = load_checkpoint(path)
    if state is None:
        raise TrainingError(
            f"{path} is not there; run `earsight-train train` or `earsight-train import` first"
        )
    try:
        recipe = recipe_from_json(state["recipe"])
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
    """A decoder of the sizes that its weights have."""
    vocabulary, width = weights["decoder.tokens.weight"].shape
    layers = len({key.split(".")[2] for key in weights if key.startswith("decoder.blocks.")})
    positions = len(weights["decoder.positions.weight"])
    return DecoderNetwork(
        vocabulary, positions, width, layers, state["heads"], causal_prefix=bool(state["causal_prefix"])
    )
