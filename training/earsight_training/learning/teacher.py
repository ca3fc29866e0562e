"""What a teacher network sees: its last feature map and class scores on several crops of every photo.

The teacher (MobileNet V2, ImageNet, uint8 TFLite) runs once over fixed random crops; the student then learns
to reproduce its map (knowledge distillation, Hinton et al., arXiv:1503.02531; dense feature targets as in
FitNets, arXiv:1412.6550). The map is kept as its first principal components: they hold what varies between
photos in a quarter of the space.
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
from earsight_training.library_paths import library_path
from earsight_training.weights_files import refuse_stand_in

SIDE = 224
MAP_SIDE = 7
MAP_CHANNELS = 1280
CLASSES = 1001


@dataclass(frozen=True)
class TeacherViews:
    """The teacher's targets for several crops (views) of each photo, memory-mapped.

    Attributes:
        boxes: Float32 (photos, views, 4): left, top, right, bottom in 0 to 1 of the photo.
        maps: Float16 (photos, views, 7, 7, components): projected feature maps, of variance 1 on average.
        scores: Float16 (photos, views, 1001): class logits.
    """

    boxes: np.ndarray
    maps: np.ndarray
    scores: np.ndarray


Teacher = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""From a photo, uint8 (224, 224, 3), to a feature map, float32 (49, channels), and logits, float32
(1001,)."""


class TeacherError(TrainingError):
    """The teacher can't be used."""


class MobileNet:
    """MobileNet V2 in TFLite: a Teacher of 1280 channels, one photo at a time on one thread."""

    def __init__(self, model: Path) -> None:
        """Load the network.

        Args:
            model: A .tflite file.

        Raises:
            TeacherError: The file is missing, or another network.
        """
        from ai_edge_litert.interpreter import Interpreter

        if model.is_file():
            refuse_stand_in(model)
        try:
            with library_path(model) as source:
                self._interpreter = Interpreter(source, num_threads=1, experimental_preserve_all_tensors=True)
            self._interpreter.allocate_tensors()
        except OSError as error:
            raise TeacherError(f"{model}: {error.strerror}") from error
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
        """Run the network, as Teacher describes."""
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


def views_bytes(photos: int, views: int, components: int) -> int:
    """Compute what compute_views() will take on the disk.

    Args:
        photos: How many.
        views: Crops of each photo.
        components: Of the feature map that are kept.

    Returns:
        Bytes.
    """
    return photos * views * (MAP_SIDE * MAP_SIDE * components * 2 + CLASSES * 2 + 4 * 4)


def random_boxes(photos: int, views: int, seed: int) -> np.ndarray:
    """Draw crops. View 0 is always the whole photo.

    Args:
        photos: How many there are.
        views: Crops of each.
        seed: Of the drawing.

    Returns:
        Float32 (photos, views, 4): left, top, right, bottom in 0 to 1.
    """
    rng = np.random.default_rng(seed)
    shape = photos, views
    area, log_ratio = rng.uniform(0.35, 1.0, shape), rng.uniform(*LOG_RATIOS, shape)
    boxes = np.stack(crop_boxes(area, log_ratio, rng.random(shape), rng.random(shape)), axis=-1)
    boxes[:, 0] = 0, 0, 1, 1
    return boxes.astype(np.float32)


def crop(rgb: np.ndarray, box: np.ndarray, side: int) -> np.ndarray:
    """Cut out and resize a part of an image.

    Args:
        rgb: uint8 (height, width, 3).
        box: Left, top, right, bottom in 0 to 1.
        side: Pixels of the result's side.

    Returns:
        uint8 (side, side, 3).
    """
    height, width = rgb.shape[:2]
    left, top, right, bottom = (float(edge) for edge in box * np.array([width, height, width, height]))
    pixels = left, top, right, bottom
    return np.asarray(Image.fromarray(rgb).resize((side, side), Image.Resampling.BILINEAR, box=pixels))


@dataclass(frozen=True)
class Projection:
    """The principal components of the teacher's feature map: (map - mean) @ basis has variance 1 on average.

    Attributes:
        mean: Float32 (channels,).
        basis: Float32 (channels, components).
    """

    mean: np.ndarray
    basis: np.ndarray

    @classmethod
    def fit(cls, samples: np.ndarray, components: int) -> Projection:
        """Compute the components.

        Args:
            samples: Float32 (n, channels), cells of feature maps.
            components: How many to keep.
        """
        mean = samples.mean(0)
        centred = samples - mean
        variances, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
        kept = slice(-components, None)
        scale = np.sqrt(components / variances[kept].sum())
        return cls(mean, (vectors[:, kept] * scale).astype(np.float32))

    def __call__(self, feature_map: np.ndarray) -> np.ndarray:
        """Project a feature map, (..., channels) to (..., components)."""
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
    """Run the teacher over all crops and write boxes, maps and scores as .npy into a folder.

    boxes.npy is written last, so that an interrupted run is never taken for a whole one.

    Args:
        open_teacher: Called once in each worker process.
        pixels: uint8 (photos, side, side, 3).
        folder: For the files.
        views: Crops of each photo.
        components: Principal components to keep of the feature map.
        seed: Of the crops and of the sample that the components are fitted on.
        workers: Processes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "boxes.npy").unlink(missing_ok=True)
    boxes = random_boxes(len(pixels), views, seed)
    projection = _projection(open_teacher(), pixels, boxes, components, seed)
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


def _projection(
    teacher: Teacher, pixels: np.ndarray, boxes: np.ndarray, components: int, seed: int
) -> Projection:
    """Fitted on the first views of 1,000 photos, drawn by chance."""
    sample = np.random.default_rng(seed).permutation(len(pixels))[:1000]
    cells = [teacher(crop(pixels[index], boxes[index, 0], SIDE))[0] for index in sample]
    return Projection.fit(np.concatenate(cells), components)


def _progress(done: Iterable[Views], photos: int) -> Iterator[Views]:
    """A bar on a terminal, elsewhere a line at each tenth."""
    for count, views in enumerate(tqdm(done, "teach", photos, disable=None), 1):
        yield views
        if not sys.stderr.isatty() and count * 10 // photos > (count - 1) * 10 // photos:
            print(f"teach {count}/{photos} photos", flush=True)


def load_views(folder: Path) -> TeacherViews:
    """Open what compute_views wrote.

    Args:
        folder: Of the files.

    Raises:
        FileNotFoundError: They are not complete.
        TeacherError: A file is damaged.
    """
    try:
        boxes, scores = np.load(folder / "boxes.npy"), np.load(folder / "scores.npy")
        maps = np.load(folder / "maps.npy", mmap_mode="r")
        return TeacherViews(boxes, maps.reshape(*maps.shape[:2], MAP_SIDE, MAP_SIDE, -1), scores)
    except (ValueError, EOFError) as error:
        raise TeacherError(
            f"{folder}: damaged, or not written by `earsight-train teach`; run it again"
        ) from error
