"""How a device tells that an image is unlike what its model was trained on.

Two small files that it compares an embedding with: SCENES, the centres of clusters of the training photos'
embeddings, and PROBE, a linear probe to the probability that the image is informative, that is, that it shows
something to describe. docs/bundle.md has their form.
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
from earsight_training.library_paths import library_path
from earsight_training.trained_captioner import TrainedCaptioner

PHOTOS = 1500
"""Training photos that are drawn at most. Half of them are degraded as well, and there are as many
uninformative images."""
SEED = 1
"""Of the drawing and of the uninformative images. Measure with images of other seeds."""
CLUSTERS = 64
"""Scenes at most."""
_RIDGE = 1.0
_TARGET = 0.98
"""The probability that the probe is fitted to for an informative image; for an uninformative one, 1 less
this."""
_STEEPNESS = 4.0
"""The fitted log-odds are multiplied by this. The ridge keeps them near 0 for kinds of uninformative images
that the probe was not shown, but on the right side of it: of kinds left out, 71 % were under 0.15 without
this factor and 91 % with it, while 0.1 % of the validation photos were under 0.5 with and without it."""


def draw_photos(photos: Sequence[CaptionedPhoto]) -> list[CaptionedPhoto]:
    """Draw those of the training photos from which a bundle learns which images are unlike them."""
    drawn = np.random.default_rng(SEED).permutation(len(photos))[:PHOTOS]
    return [photos[index] for index in drawn]


def fit_out_of_distribution(
    folder: Path, captioner: TrainedCaptioner, photos: Sequence[CaptionedPhoto]
) -> None:
    """Write SCENES and PROBE into a bundle's folder; its manifest has to be completed anew.

    Args:
        folder: The bundle's.
        captioner: The one that the bundle was written from.
        photos: That it was trained on, drawn by draw_photos().

    Raises:
        DatasetError: A photo can't be read.
    """
    paths = [photo.path for photo in photos]
    encode = BundleEmbedder(folder, captioner)
    plain = encode(map(open_upright, paths), len(paths))
    worse = encode(_degraded(paths[::2]), len(paths[::2]))
    images = (image for _, image in uninformative_images(len(paths), SEED, paths))
    uninformative = encode(images, len(paths))
    np.save(folder / SCENES, scene_centres(plain, CLUSTERS).astype(np.float16))
    np.save(folder / PROBE, fit_probe(np.concatenate([plain, worse]), uninformative))


def _degraded(paths: Iterable[Path]) -> Iterator[Image.Image]:
    for seed, path in enumerate(paths):
        yield degraded(open_upright(path), np.random.default_rng([SEED, seed]))


class BundleEmbedder:
    """A bundle's encoder by ONNX Runtime, on images that are prepared as the device does."""

    def __init__(self, folder: Path, captioner: TrainedCaptioner) -> None:
        """Load the encoder.

        Args:
            folder: The bundle's.
            captioner: The one that the bundle was written from.
        """
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        with library_path(folder) as source:
            self._session = onnxruntime.InferenceSession(
                f"{source}/{ENCODER}", options, providers=["CPUExecutionProvider"]
            )
        self._captioner = captioner

    def __call__(self, images: Iterable[Image.Image], count: int) -> np.ndarray:
        """Embed images.

        Args:
            images: Upright, RGB.
            count: How many there are, for the progress bar.

        Returns:
            Float32 (images, width), of unit length.
        """
        rows = []
        for image in tqdm(images, total=count, unit="image", disable=None):
            inputs = {PIXELS: encoder_input(self._captioner, image)}
            rows.append(self._session.run([EMBEDDING], inputs)[0][0])
        return np.stack(rows).astype(np.float32)


def fit_probe(informative: np.ndarray, uninformative: np.ndarray) -> np.ndarray:
    """Fit the probe. Both sides weigh the same, however many images they have.

    Args:
        informative: Embeddings, float (images, width).
        uninformative: Embeddings, float (images, width).

    Returns:
        Weights and bias, float32 (width + 1,).
    """
    inputs = np.concatenate([informative, uninformative]).astype(np.float64)
    inputs = np.concatenate([inputs, np.ones((len(inputs), 1))], 1)
    is_informative = np.arange(len(inputs)) < len(informative)
    importance = np.where(is_informative, len(uninformative) / len(informative), 1.0)
    ridges = np.append(np.full(inputs.shape[1] - 1, _RIDGE), 1e-6)
    targets = np.where(is_informative, _TARGET, 1 - _TARGET)
    weights = _STEEPNESS * fit_logistic_regression(inputs, targets, ridges, importance)
    return weights.astype(np.float32)


def scene_centres(embeddings: np.ndarray, count: int, rounds: int = 20) -> np.ndarray:
    """Cluster embeddings by spherical k-means (Dhillon and Modha, 2001).

    Args:
        embeddings: Float (photos, width), of unit length.
        count: Clusters at most.
        rounds: Of the iteration.

    Returns:
        The centres, float (at most count, width), of unit length.
    """
    rng = np.random.default_rng(SEED)
    centres = embeddings[rng.permutation(len(embeddings))[:count]]
    for _ in range(rounds):
        nearest = (embeddings @ centres.T).argmax(1)
        sums = np.stack([embeddings[nearest == index].sum(0) for index in range(len(centres))])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 1e-6, sums / np.maximum(lengths, 1e-6), centres)
    return centres
