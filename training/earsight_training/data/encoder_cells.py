"""What a bundle's encoder sees in each cell of photos, kept in a file: reading it anew takes minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from tqdm import tqdm

from earsight_bundle.files import ENCODER, MANIFEST
from earsight_bundle.graphs import CELLS, PIXELS
from earsight_bundle.manifest import Manifest
from earsight_training.data.object_labels import LabelledPhoto, place_labels
from earsight_training.data.squashed_photos import read_squashed
from earsight_training.errors import TrainingError
from earsight_training.networks.place_head import ROWS
from earsight_training.preconditions import require_room

_AT_ONCE = 256


@dataclass(frozen=True)
class PlaceExamples:
    """What the head learns from: photos, each with what is known of it.

    Attributes:
        cells: Float16 (photos, cells, channels), of any kind that can be indexed by rows.
        places: Float32 (photos, places): 1, 0, or no number where it is not known.
        grounds: int64 (photos,): positions in GROUNDS; -1 where it is not known.
        presence: Float32 (photos, classes): how likely the photo shows any of a class; no number where it is
            not known.
    """

    cells: np.ndarray
    places: np.ndarray
    grounds: np.ndarray
    presence: np.ndarray

    def __len__(self) -> int:
        return len(self.places)


def encoded(bundle: Path, photos: Sequence[LabelledPhoto], kept: Path) -> PlaceExamples:
    """Encode photos, each once, or take what is kept of the same photos and the same encoder.

    Args:
        bundle: Of which the encoder puts out cells.
        photos: With their labels.
        kept: File for the cells; its name with .sha256 says of what they are.

    Raises:
        TrainingError: The encoder puts out no cells, or others than the head reads; or there is no room.
    """
    unique = list({photo.image: photo for photo in photos}.values())
    manifest = Manifest.model_validate_json((bundle / MANIFEST).read_text(encoding="utf-8"))
    if manifest.image is None:
        raise TrainingError(f"{bundle}: it does not caption, so it has no encoder to read")
    names = "\n".join([manifest.files[ENCODER], *(str(photo.image) for photo in unique)])
    key, note = hashlib.sha256(names.encode()).hexdigest(), kept.with_suffix(".sha256")
    if not (kept.exists() and note.exists() and note.read_text() == key):
        note.unlink(missing_ok=True)
        _encode(bundle, manifest.image.side, unique, kept)
        note.write_text(key)
    return PlaceExamples(np.load(kept, mmap_mode="r"), *place_labels(unique))


def _encode(bundle: Path, side: int, photos: Sequence[LabelledPhoto], kept: Path) -> None:
    session = onnxruntime.InferenceSession(bundle / ENCODER)
    shapes = {output.name: output.shape for output in session.get_outputs()}
    if CELLS not in shapes:
        raise TrainingError(f"{bundle}: its encoder puts out no cells; export the bundle again")
    first = session.run([CELLS], {PIXELS: np.zeros((1, side, side, 3), np.uint8)})[0]
    if first.shape[1] != ROWS * ROWS:
        raise TrainingError(
            f"{bundle}: its encoder puts out {first.shape[1]} cells, and the head reads {ROWS * ROWS},"
            " those of a picture of 224 pixels"
        )
    require_room(kept, len(photos) * first[0].size * 2, "the encoder's cells")
    shape = (len(photos), *first.shape[1:])
    cells = np.lib.format.open_memmap(kept, mode="w+", dtype=np.float16, shape=shape)
    for start in tqdm(range(0, len(photos), _AT_ONCE), "encoding", leave=False, disable=None):
        part = [photo.image for photo in photos[start : start + _AT_ONCE]]
        for row, rgb in enumerate(read_squashed(part, side), start):
            cells[row] = session.run([CELLS], {PIXELS: rgb[None]})[0][0]
    cells.flush()
