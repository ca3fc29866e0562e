"""Whether the graphs of a bundle compute what torch does: checked before a folder is called a bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image
from torch import Tensor

from earsight_bundle.files import DECODER, ENCODER, TOKENS
from earsight_bundle.graphs import ASKED, EMBEDDING, MASK, PIXELS, POSITIONS, PREFIX, VECTORS, K, cache_input
from earsight_training.bundles.precision import Precision
from earsight_training.errors import TrainingError
from earsight_training.library_paths import library_path
from earsight_training.networks.clip_encoders import prepare
from earsight_training.networks.encoders import FeatureMapEncoder
from earsight_training.trained_captioner import TrainedCaptioner

STEPS = 8
"""Tokens that are read after each prefix."""
LIKELIEST = 10
"""Tokens whose log-probabilities are compared at each step."""
GENERATED = 8
"""Images that are generated where no photos are given."""


class AgreementError(TrainingError):
    """The graphs compute something else than the model that they were written from."""


@dataclass(frozen=True)
class Agreement:
    """How far the graphs are from torch: the worst over all images, but for the last figure.

    Attributes:
        pictures: Images compared.
        generated: Whether they were generated.
        prefix_cosine: Cosine of the two prefixes.
        embedding_cosine: Cosine of the two embeddings.
        log_prob_error: Mean difference of the likeliest tokens' log-probabilities, at the worst step.
        same_greedy_tokens: Share of the steps at which both find the same token likeliest.
    """

    pictures: int
    generated: bool
    prefix_cosine: float
    embedding_cosine: float
    log_prob_error: float
    same_greedy_tokens: float


@dataclass(frozen=True)
class Limits:
    """What an agreement has to reach.

    Attributes:
        cosine: At least, of prefix and embedding.
        log_prob_error: At most.
    """

    cosine: float
    log_prob_error: float


LIMITS: dict[Precision, Limits] = {
    "float32": Limits(cosine=0.9999, log_prob_error=0.005),
    "float16": Limits(cosine=0.999, log_prob_error=0.1),
    "int8": Limits(cosine=0.97, log_prob_error=0.5),
}
"""Rounding stays well within these; a wrong weight, axis or order of channels does not."""


def check_agreement(
    folder: Path,
    captioner: TrainedCaptioner,
    precision: Precision,
    photos: Sequence[np.ndarray] = (),
    encoder: str = ENCODER,
) -> Agreement:
    """Compare the graphs of a bundle with torch.

    Args:
        folder: The bundle's; needs no manifest yet.
        captioner: The one that it was written from.
        precision: Decides the limits.
        photos: uint8 (height, width, 3), at least a few that differ; without any, images are generated.
        encoder: File name of the encoder to compare.

    Returns:
        The figures.

    Raises:
        AgreementError: One is beyond its limit; the message names it.
    """
    graphs = _BundleSessions(folder, encoder)
    pictures = list(photos) or _generated(GENERATED)
    found = [_compared(graphs, captioner, pixels) for pixels in pictures]
    prefix, embedding, errors, same = zip(*found, strict=True)
    agreement = Agreement(
        pictures=len(pictures),
        generated=len(photos) == 0,
        prefix_cosine=round(min(prefix), 7),
        embedding_cosine=round(min(embedding), 7),
        log_prob_error=round(max(errors), 7),
        same_greedy_tokens=round(float(np.mean(same)), 4),
    )
    _require(agreement, precision)
    return agreement


def check_decoder_agreement(
    folder: Path,
    captioner: TrainedCaptioner,
    precision: Precision,
    pictures: Sequence[np.ndarray],
    name: Callable[[str], str],
) -> dict[str, float]:
    """Compare the decoder of a further language with torch, on what the bundle's encoder gives.

    Args:
        folder: The bundle's.
        captioner: The one that the decoder was written from.
        precision: Decides the limit.
        pictures: uint8 (side, side, 3), as the encoder takes them, at least a few.
        name: From the name that a file has for the first language to that for this one.

    Returns:
        log_prob_error and same_greedy_tokens, as in Agreement.

    Raises:
        AgreementError: The error is beyond its limit.
    """
    graphs = _BundleSessions(folder, ENCODER, name)
    found = []
    for pixels in pictures:
        prefix, _ = graphs.encode(pixels[None])
        found.append(_decoder_compared(graphs, captioner, torch.from_numpy(prefix[None])))
    errors, same = zip(*found, strict=True)
    error, limit = float(max(errors)), LIMITS[precision].log_prob_error
    if not error <= limit:
        raise _disagreement(precision, "log_prob_error", error, limit)
    tokens = [agrees for ours in same for agrees in ours]
    return {"log_prob_error": round(error, 7), "same_greedy_tokens": round(float(np.mean(tokens)), 4)}


def _require(agreement: Agreement, precision: Precision) -> None:
    """Raise AgreementError with the figure that is beyond its limit."""
    limits = LIMITS[precision]
    for name in ("prefix_cosine", "embedding_cosine"):
        # Not `<`: what is no number agrees with nothing.
        if not getattr(agreement, name) >= limits.cosine:
            raise _disagreement(precision, name, getattr(agreement, name), limits.cosine)
    if not agreement.log_prob_error <= limits.log_prob_error:
        raise _disagreement(precision, "log_prob_error", agreement.log_prob_error, limits.log_prob_error)


def _disagreement(precision: Precision, name: str, value: float, limit: float) -> AgreementError:
    other = "" if precision == "float32" else "; try --precision float32"
    return AgreementError(
        f"the {precision} graphs disagree with torch: {name} is {value:.4f}, limit {limit}{other}"
    )


class _BundleSessions:
    """The graphs of a bundle, run with the daemon's options."""

    def __init__(self, folder: Path, encoder: str, name: Callable[[str], str] = str) -> None:
        """name: from the name that a file has for the first language to that for another one."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        options.add_session_config_entry("session.x64quantprecision", "1")
        with library_path(folder) as source:
            self._encoder, self._decoder = (
                onnxruntime.InferenceSession(f"{source}/{graph}", options, providers=["CPUExecutionProvider"])
                for graph in (encoder, name(DECODER))
            )
        inputs = {node.name: node for node in self._decoder.get_inputs()}
        self._vectors = np.load(folder / name(TOKENS), mmap_mode="r")
        self._float = np.float16 if inputs[VECTORS].type == "tensor(float16)" else np.float32
        self._cached = [node.name for node in self._decoder.get_outputs()[2:]]
        self._empty = np.zeros((0, *inputs[cache_input(self._cached[0])].shape[1:]), self._float)

    def encode(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        prefix, embedding = self._encoder.run([PREFIX, EMBEDDING], {PIXELS: pixels})
        return prefix[0].astype(np.float32), embedding[0]

    def log_probs(self, prefix: np.ndarray, tokens: Sequence[int]) -> np.ndarray:
        """Log-probabilities of all tokens after the prefix and after each of the tokens, (1 + tokens,
        vocabulary)."""
        vocabulary = len(self._vectors)
        inputs = {cache_input(name): self._empty for name in self._cached}
        inputs[K] = np.array([vocabulary], np.int64)
        rows = [self._step(inputs, prefix, np.arange(len(prefix)))]
        for count, token in enumerate(tokens, len(prefix)):
            rows.append(self._step(inputs, self._vectors[token][None], np.array([count])))
        return np.stack(rows)

    def _step(self, inputs: dict[str, np.ndarray], vectors: np.ndarray, at: np.ndarray) -> np.ndarray:
        inputs[VECTORS], inputs[POSITIONS] = vectors.astype(self._float), at
        inputs[MASK] = np.zeros((len(at), at[-1] + 1), self._float)
        inputs[ASKED] = np.array([len(at) - 1])
        log_probs, ids, *new = self._decoder.run(None, inputs)
        for name, rows in zip(self._cached, new, strict=True):
            past = cache_input(name)
            inputs[past] = np.concatenate([inputs[past], rows])
        by_token: np.ndarray = np.empty_like(log_probs[0])
        by_token[ids[0]] = log_probs[0]
        return by_token


@torch.no_grad()
def _compared(
    graphs: _BundleSessions, captioner: TrainedCaptioner, pixels: np.ndarray
) -> tuple[float, float, float, list[bool]]:
    """Cosines of prefix and embedding, the worst error of log-probabilities, and where the likeliest tokens
    agree."""
    inputs = encoder_input(captioner, Image.fromarray(pixels))
    found_prefix, found_embedding = graphs.encode(inputs)
    model = captioner.model
    features = model.encoder(torch.from_numpy(inputs).permute(0, 3, 1, 2).float())
    prefix, pooled = model.mapper(features), features.mean((2, 3)) if features.dim() == 4 else features
    error, same = _decoder_compared(graphs, captioner, prefix)
    embedding = (pooled[0] - captioner.embedding_mean).numpy()
    return (
        _cosine(found_prefix, prefix[0].numpy()),
        _cosine(found_embedding, embedding),
        error,
        same,
    )


@torch.no_grad()
def _decoder_compared(
    graphs: _BundleSessions, captioner: TrainedCaptioner, prefix: Tensor
) -> tuple[float, list[bool]]:
    """The worst error of log-probabilities, and where the likeliest tokens agree."""
    expected = _log_probs(captioner, prefix)
    tokens = [int(row.argmax()) for row in expected[:-1]]
    found = graphs.log_probs(prefix[0].numpy(), [*_starts(captioner), *tokens])[-len(expected) :]
    likeliest = np.argsort(expected, 1)[:, -LIKELIEST:]
    errors = np.abs(np.take_along_axis(found - expected, likeliest, 1)).mean(1)
    return float(errors.max()), list(found.argmax(1) == expected.argmax(1))


def _starts(captioner: TrainedCaptioner) -> list[int]:
    """What captions in the first language start with."""
    return list(captioner.vocabulary.starts.values())[:1]


def _log_probs(captioner: TrainedCaptioner, prefix: Tensor) -> np.ndarray:
    """torch's, (STEPS + 1, vocabulary), of the prefix, with the token that says the language if there is one,
    and the likeliest token after each step."""
    decoder, starts = captioner.model.decoder, _starts(captioner)
    hidden, cache = decoder.read_prefix(prefix)
    if starts:
        following, cache = decoder.read_tokens(torch.tensor([starts]), cache)
        hidden = following[:, -1]
    rows = [decoder.logits(hidden)]
    for _ in range(min(STEPS, captioner.recipe.captions.longest - 1)):
        hidden, cache = decoder.read_tokens(rows[-1].argmax(-1, keepdim=True), cache)
        rows.append(decoder.logits(hidden[:, -1]))
    logs: np.ndarray = torch.log_softmax(torch.cat(rows), -1).numpy()
    return logs


def encoder_input(captioner: TrainedCaptioner, image: Image.Image) -> np.ndarray:
    """Prepare an image as the captioner's encoder takes it.

    Args:
        captioner: With its encoder.
        image: Upright, RGB.

    Returns:
        uint8 (1, side, side, 3), RGB.
    """
    encoder = captioner.model.encoder
    if isinstance(encoder, FeatureMapEncoder):
        assert captioner.recipe.captions.photos is not None
        side = captioner.recipe.captions.photos.side
        return np.array(image.resize((side, side), Image.Resampling.BILINEAR))[None]
    assert isinstance(encoder.side, int)
    return prepare(image, encoder.side)[None]


def _cosine(found: np.ndarray, expected: np.ndarray) -> float:
    a, b = found.ravel().astype(np.float64), expected.ravel().astype(np.float64)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def _generated(count: int) -> list[np.ndarray]:
    """Images with structure at every size, as photos have: noise that was scaled up from coarse to fine."""
    random = np.random.default_rng(4)
    width, height = 320, 240
    pictures = []
    for _ in range(count):
        total = np.zeros((height, width, 3))
        for cells in (2, 5, 11, 40):
            noise = random.integers(0, 256, (cells, cells, 3), np.uint8)
            scaled = Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)
            total += np.asarray(scaled) / cells
        total -= total.min()
        pictures.append((total * 255 / total.max()).astype(np.uint8))
    return pictures
