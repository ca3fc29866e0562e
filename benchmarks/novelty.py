"""Which embedding distance means a new scene: a table over thresholds, from a folder of photos.

The same scene: a photo, and the same photo as a moved head would see it (shifted, nearer, turned by a few
degrees, in other light). A new scene: two different photos.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance
from tqdm import tqdm

from earsight.bundles.bundle import bundle_folder, open_bundle
from earsight.cameras.photos import list_photos, load_photo
from earsight.captioners.onnx import OnnxCaptioner
from earsight.scene import Frame
from earsight.vision.describer import Describer, LookRequest
from earsight.vision.novelty import cosine_distance


def moved(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change a photo to what a camera on a head sees a moment later.

    Args:
        pixels: uint8 (height, width, 3).
        rng: Draws up to 15 % to a side, 10 % nearer, 5 degrees turned, 20 % lighter or darker.

    Returns:
        uint8 (height, width, 3).
    """
    image = Image.fromarray(pixels).rotate(rng.uniform(-5, 5), Image.Resampling.BILINEAR)
    width, height = image.size
    scale = rng.uniform(0.75, 0.85)  # the turned picture's empty corners stay outside
    left, top = (rng.uniform(0.02, 0.98 - scale) for _ in range(2))
    box = (left * width, top * height, (left + scale) * width, (top + scale) * height)
    image = image.resize(image.size, Image.Resampling.BILINEAR, box=box)
    return np.asarray(ImageEnhance.Brightness(image).enhance(rng.uniform(0.8, 1.2)))


def embedding(describer: Describer, pixels: np.ndarray) -> np.ndarray:
    """Embed a photo.

    Args:
        describer: With the bundle's captioner.
        pixels: uint8 (height, width, 3).

    Returns:
        Float32 (width,), of unit length.
    """
    look = describer.describe(Frame(pixels, captured_at=0.0), LookRequest(captions=False))
    assert look.scene.embedding is not None
    return look.scene.embedding


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path, help="folder of photos")
    parser.add_argument("--bundle", default="builtin")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    describer = Describer(OnnxCaptioner(open_bundle(bundle_folder(arguments.bundle))))
    paths = list_photos(arguments.photos)
    chosen = [paths[index] for index in rng.permutation(len(paths))[: arguments.count]]
    stills, moves = [], []
    for path in tqdm(chosen):
        pixels = load_photo(path)
        first, second = (embedding(describer, moved(pixels, rng)) for _ in range(2))
        stills.append(first)
        moves.append(cosine_distance(first, second))
    others = [cosine_distance(one, other) for one, other in pairwise(stills)]
    print("| novelty | same scene, taken for new | new scene, missed |")
    print("|---|---|---|")
    for threshold in np.arange(0.1, 1.0, 0.1):
        false = np.mean(np.array(moves) >= threshold)
        missed = np.mean(np.array(others) < threshold)
        print(f"| {threshold:.1f} | {false:.1%} | {missed:.1%} |")


if __name__ == "__main__":
    main()
