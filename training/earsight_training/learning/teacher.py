"""What a teacher network sees: its last feature map and class scores on several crops of every photo.

The teacher (MobileNet V2, ImageNet, uint8 TFLite) runs once over fixed random crops; the student then
learns to reproduce its map (knowledge distillation, Hinton et al., arXiv:1503.02531; dense feature
targets as in FitNets, arXiv:1412.6550). The map is kept as its first principal components: they hold
what varies between photos in a quarter of the space.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from earsight_training.data.augment import LOG_RATIOS, crop_boxes
from earsight_training.errors import TrainingError

SIDE = 224
MAP_SIDE = 7
MAP_CHANNELS = 1280
CLASSES = 1001


@dataclass(frozen=True)
class TeacherViews:
    """The teacher's targets for ``views`` crops of each photo, memory-mapped.

    boxes: float32 (photos, views, 4), left, top, right, bottom in 0..1 of the photo.
    maps: float16 (photos, views, 7, 7, components), projected feature maps, of variance 1 on average.
    scores: float16 (photos, views, 1001), class logits.
    """

    boxes: np.ndarray
    maps: np.ndarray
    scores: np.ndarray


Teacher = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""From a photo, uint8 (224, 224, 3), to a map, float32 (49, channels), and logits, float32 (1001,)."""


class TeacherError(TrainingError):
    """A teacher that can't be used."""


class MobileNet:
    """MobileNet V2 in TFLite; one photo at a time on one thread."""

    def __init__(self, model: Path) -> None:
        """Raises TeacherError for a file that is missing or another network."""
        from ai_edge_litert.interpreter import Interpreter

        try:
            self._interpreter = Interpreter(str(model), num_threads=1, experimental_preserve_all_tensors=True)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            line = str(error).splitlines()[0]
            raise TeacherError(f"{model}: {line}; name a MobileNet V2 as uint8 .tflite") from error
        details = self._interpreter.get_tensor_details()
        self._input = self._interpreter.get_input_details()[0]["index"]
        shapes = {tuple(detail["shape"].tolist()): detail for detail in reversed(details)}
        try:
            self._map = shapes[1, MAP_SIDE, MAP_SIDE, MAP_CHANNELS]
            self._scores = shapes[1, 1, 1, CLASSES]
        except KeyError as error:
            raise TeacherError(f"{model}: no tensor {error} in it; name a MobileNet V2 as .tflite") from error

    def __call__(self, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As Teacher says, with 1280 channels."""
        self._interpreter.set_tensor(self._input, rgb[None])
        self._interpreter.invoke()
        feature_map = self._read(self._map).reshape(-1, MAP_CHANNELS)
        return feature_map, self._read(self._scores).reshape(-1)

    def _read(self, detail: dict) -> np.ndarray:
        scale, zero = detail["quantization"]
        values: np.ndarray = self._interpreter.get_tensor(detail["index"]).astype(np.float32)
        values -= zero
        values *= scale
        return values


def random_boxes(photos: int, views: int, seed: int) -> np.ndarray:
    """Crop boxes, float32 (photos, views, 4). View 0 is always the whole photo."""
    rng = np.random.default_rng(seed)
    shape = photos, views
    area, log_ratio = rng.uniform(0.35, 1.0, shape), rng.uniform(*LOG_RATIOS, shape)
    boxes = np.stack(crop_boxes(area, log_ratio, rng.random(shape), rng.random(shape)), axis=-1)
    boxes[:, 0] = 0, 0, 1, 1
    return boxes.astype(np.float32)


def crop(rgb: np.ndarray, box: np.ndarray, side: int) -> np.ndarray:
    """The part of an image within box (0..1), resized to side x side, uint8."""
    height, width = rgb.shape[:2]
    left, top, right, bottom = (float(edge) for edge in box * np.array([width, height, width, height]))
    pixels = left, top, right, bottom
    return np.asarray(Image.fromarray(rgb).resize((side, side), Image.Resampling.BILINEAR, box=pixels))


@dataclass(frozen=True)
class Projection:
    """The principal components of the teacher's map: (map - mean) @ basis has a mean variance of 1."""

    mean: np.ndarray
    basis: np.ndarray

    @classmethod
    def fit(cls, samples: np.ndarray, components: int) -> Projection:
        """samples: float32 (n, channels)."""
        mean = samples.mean(0)
        centred = samples - mean
        variances, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
        kept = slice(-components, None)
        scale = np.sqrt(components / variances[kept].sum())
        return cls(mean, (vectors[:, kept] * scale).astype(np.float32))

    def __call__(self, feature_map: np.ndarray) -> np.ndarray:
        projected: np.ndarray = (feature_map - self.mean) @ self.basis
        return projected


_worker: dict = {}


def _start_worker(
    open_teacher: Callable[[], Teacher], pixels: np.ndarray, boxes: np.ndarray, projection: Projection
) -> None:
    _worker.update(teacher=open_teacher(), pixels=pixels, boxes=boxes, projection=projection)


Views = tuple[int, np.ndarray, np.ndarray]
"""A photo's number, its maps and its scores."""


def _views_of(index: int) -> Views:
    maps, scores = [], []
    for box in _worker["boxes"][index]:
        feature_map, logits = _worker["teacher"](crop(_worker["pixels"][index], box, SIDE))
        maps.append(_worker["projection"](feature_map).astype(np.float16))
        scores.append(logits.astype(np.float16))
    return index, np.stack(maps), np.stack(scores)


def compute_views(
    open_teacher: Callable[[], Teacher],
    pixels: np.ndarray,
    folder: Path,
    views: int,
    components: int,
    seed: int,
    workers: int,
) -> None:
    """Run the teacher over all crops and write boxes, maps and scores as .npy into folder.

    open_teacher: called once in each worker process. pixels: uint8 (photos, side, side, 3). boxes.npy is
    there only when all is, so an interrupted run is never taken for a whole one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "boxes.npy").unlink(missing_ok=True)
    boxes = random_boxes(len(pixels), views, seed)
    teacher = open_teacher()
    sample = np.random.default_rng(seed).permutation(len(pixels))[:1000]
    projection = Projection.fit(
        np.concatenate([teacher(crop(pixels[i], boxes[i, 0], SIDE))[0] for i in sample]), components
    )
    shape = (len(pixels), views, MAP_SIDE * MAP_SIDE, components)
    maps = np.lib.format.open_memmap(folder / "maps.npy", "w+", np.float16, shape)
    scores = np.empty((len(pixels), views, CLASSES), np.float16)
    context = multiprocessing.get_context("fork")
    arguments = (open_teacher, pixels, boxes, projection)
    with context.Pool(workers, _start_worker, arguments) as pool:
        done = pool.imap_unordered(_views_of, range(len(pixels)), chunksize=8)
        for index, view_maps, view_scores in _progress(done, len(pixels)):
            maps[index], scores[index] = view_maps, view_scores
    maps.flush()
    np.save(folder / "scores.npy", scores)
    np.save(folder / "boxes.partial.npy", boxes)
    (folder / "boxes.partial.npy").replace(folder / "boxes.npy")


def _progress(done: Iterable[Views], photos: int) -> Iterator[Views]:
    """A bar on a terminal, elsewhere a line at each tenth."""
    for count, views in enumerate(tqdm(done, "teach", photos, disable=None), 1):
        yield views
        if not sys.stderr.isatty() and count * 10 // photos > (count - 1) * 10 // photos:
            print(f"teach {count}/{photos} photos", flush=True)


def load_views(folder: Path) -> TeacherViews:
    """Open what compute_views wrote. Raises FileNotFoundError when it is not complete."""
    boxes = np.load(folder / "boxes.npy")
    maps = np.load(folder / "maps.npy", mmap_mode="r")
    return TeacherViews(
        boxes, maps.reshape(*maps.shape[:2], MAP_SIDE, MAP_SIDE, -1), np.load(folder / "scores.npy")
    )
