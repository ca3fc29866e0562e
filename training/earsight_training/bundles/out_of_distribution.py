"""What a bundle knows of the pictures that it was made for: the scenes of its training, and what is no
picture of anything.

Both are small files that the device compares an embedding with: SCENES, the middles of clusters of the
training photos' embeddings, and PROBE, a logistic regression from the embedding to the probability that there
is something in the picture. docs/bundle.md has their form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image
from tqdm import tqdm

from earsight_bundle.files import ENCODER, PROBE, SCENES
from earsight_bundle.graphs import EMBEDDING, PIXELS
from earsight_training.bundles.agreement import encoder_input
from earsight_training.confidence.logistic_regression import fit_logistic_regression
from earsight_training.data.datasets import CaptionedPhoto, open_upright
from earsight_training.data.uninformative import degraded, uninformative_images
from earsight_training.trained_captioner import TrainedCaptioner

PHOTOS = 1500
"""Training photos that are looked at at most, drawn by chance, half of them in bad light, blurred or cropped
as well; and as many pictures of nothing."""
SEED = 1
"""Of the pictures of nothing. Measure with those of other seeds."""
CLUSTERS = 64
_RIDGE = 1.0
_SUREST = 0.98
"""What the regression is to say of a photo; of a picture of nothing, 1 less this."""
_STEEPNESS = 4.0
"""Log-odds are multiplied by this. The ridge keeps them near 0 for kinds of nothing that it was not shown,
but on the right side of it: of kinds left out, 71 % were under 0.15 without this and 91 % with it, while 0.1
% of the validation photos were under 0.5 with and without it."""


def fit_out_of_distribution(
    folder: Path, captioner: TrainedCaptioner, photos: Sequence[CaptionedPhoto]
) -> None:
    """Write SCENES and PROBE into a bundle's folder; the manifest has to be written anew.

    photos: that the model was trained on. Raises DatasetError for one that can't be read.
    """
    drawn = np.random.default_rng(SEED).permutation(len(photos))[:PHOTOS]
    paths = [photos[index].path for index in drawn]
    encode = BundleEmbedder(folder, captioner)
    plain = encode(map(open_upright, paths), len(paths))
    worse = encode(_worse(paths[::2]), len(paths[::2]))
    nothing = encode((picture for _, picture in uninformative_images(len(paths), SEED, paths)), len(paths))
    np.save(folder / SCENES, scene_centres(plain, CLUSTERS).astype(np.float16))
    np.save(folder / PROBE, fit_probe(np.concatenate([plain, worse]), nothing))


def _worse(paths: Iterable[Path]) -> Iterator[Image.Image]:
    for seed, path in enumerate(paths):
        yield degraded(open_upright(path), np.random.default_rng([SEED, seed]))


class BundleEmbedder:
    """A bundle's encoder by ONNX Runtime, with pictures prepared as the device does."""

    def __init__(self, folder: Path, captioner: TrainedCaptioner) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        path = str(folder / ENCODER)
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._captioner = captioner

    def __call__(self, pictures: Iterable[Image.Image], count: int) -> np.ndarray:
        """Embeddings, float32 (pictures, width). count: of the pictures."""
        rows = []
        for picture in tqdm(pictures, total=count, unit="picture", disable=None):
            inputs = {PIXELS: encoder_input(self._captioner, picture)}
            rows.append(self._session.run([EMBEDDING], inputs)[0][0])
        return np.stack(rows).astype(np.float32)


def fit_probe(something: np.ndarray, nothing: np.ndarray) -> np.ndarray:
    """Weights and bias, float32 (width + 1,), by embeddings, (pictures, width). Both sides weigh the same."""
    inputs = np.concatenate([something, nothing]).astype(np.float64)
    inputs = np.concatenate([inputs, np.ones((len(inputs), 1))], 1)
    is_something = np.arange(len(inputs)) < len(something)
    importance = np.where(is_something, len(nothing) / len(something), 1.0)
    ridges = np.append(np.full(inputs.shape[1] - 1, _RIDGE), 1e-6)
    targets = np.where(is_something, _SUREST, 1 - _SUREST)
    weights = _STEEPNESS * fit_logistic_regression(inputs, targets, ridges, importance)
    return weights.astype(np.float32)


def scene_centres(embeddings: np.ndarray, count: int, rounds: int = 20) -> np.ndarray:
    """Middles, of unit length, float (at most count, width): spherical k-means (Dhillon and Modha, 2001)."""
    rng = np.random.default_rng(SEED)
    middles = embeddings[rng.permutation(len(embeddings))[:count]]
    for _ in range(rounds):
        nearest = (embeddings @ middles.T).argmax(1)
        sums = np.stack([embeddings[nearest == index].sum(0) for index in range(len(middles))])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        middles = np.where(lengths > 1e-6, sums / np.maximum(lengths, 1e-6), middles)
    return middles
