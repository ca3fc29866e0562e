"""A trained captioner as one file: what `train` and `import` write, and what `export` and `evaluate` read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from earsight_training.checkpoints import load_checkpoint, save_checkpoint
from earsight_training.data.inspection import MISSING
from earsight_training.data.tokens import Vocabulary, VocabularyError, refuse_larger_vocabulary
from earsight_training.errors import TrainingError
from earsight_training.model_factory import build_model
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.networks.decoder import DecoderNetwork
from earsight_training.recipe import Recipe, recipe_from_json, recipe_to_json


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
        trained_on: Fingerprints of the photos that it was trained on, uint8 (photos, fingerprints.LENGTH);
            None
            where they are not known, as of an imported one. What others trained CLIP, GPT-2 or its encoder
            on does not count.
        missing: Share of the photos of its data set, 0 to 1, that may be missing.
    """

    recipe: Recipe
    model: CaptionModel
    vocabulary: Vocabulary
    embedding_mean: Tensor
    clip_sha256: str | None = None
    trained_on: np.ndarray | None = None
    missing: float = MISSING


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
            "recipe": recipe_to_json(captioner.recipe),
            "tokenizer": captioner.vocabulary.tokenizer.to_str(),
            "end": captioner.vocabulary.end,
            "starts": dict(captioner.vocabulary.starts),
            "heads": captioner.model.decoder.heads,
            "causal_prefix": captioner.model.decoder.causal_prefix,
            "embedding_mean": captioner.embedding_mean,
            "clip_sha256": captioner.clip_sha256,
            "trained_on": None if captioner.trained_on is None else torch.from_numpy(captioner.trained_on),
            "missing": captioner.missing,
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
        starts = {str(code): int(token) for code, token in state.get("starts", {}).items()}
        vocabulary = Vocabulary(Tokenizer.from_str(state["tokenizer"]), int(state["end"]), starts)
        weights: Mapping[str, Tensor] = state["model"]
        mean: Tensor = state["embedding_mean"]
        model = build_model(recipe, len(mean), _empty_decoder(weights, state))
        model.load_state_dict(weights)
        refuse_larger_vocabulary(vocabulary, len(model.decoder.tokens.weight), str(path))
        trained_on: Tensor | None = state.get("trained_on")
        seen = None if trained_on is None else trained_on.numpy()
        missing = float(state.get("missing", MISSING))
    except VocabularyError:
        raise
    except Exception as error:  # tokenizers raise no exception of their own for a broken vocabulary
        first = str(error).splitlines()[0]
        raise TrainingError(f"{path}: not a captioner that this version wrote ({first})") from error
    return TrainedCaptioner(recipe, model.eval(), vocabulary, mean, state.get("clip_sha256"), seen, missing)


def _empty_decoder(weights: Mapping[str, Tensor], state: Mapping[str, Any]) -> DecoderNetwork:
    """A decoder of the sizes that its weights have."""
    vocabulary, width = weights["decoder.tokens.weight"].shape
    layers = len({key.split(".")[2] for key in weights if key.startswith("decoder.blocks.")})
    positions = len(weights["decoder.positions.weight"])
    return DecoderNetwork(
        vocabulary, positions, width, layers, state["heads"], causal_prefix=bool(state["causal_prefix"])
    )
