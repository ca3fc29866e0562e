"""The file that photos' embeddings are kept in: one .safetensors, so no code is run by reading it.

Tensors: ``embeddings``, float32 (photos, width), as the encoder gives them, not normalised; ``fingerprints``,
uint8 (photos, 16), by which photos are recognised (fingerprints.py); and ``about``, uint8, JSON in UTF-8
with the encoder, the share of photos that may be missing, and the names, captions and splits of the photos
in the order of the rows. The header of a safetensors file has room for strings too, but only 100 MB; large
data sets have more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from earsight_training.atomic import replace_file
from earsight_training.data.datasets import CaptionedPhoto, photo_name
from earsight_training.data.fingerprints import LENGTH
from earsight_training.data.inspection import MISSING
from earsight_training.errors import TrainingError
from earsight_training.weights_files import WeightsFileError, refuse_stand_in, safetensors_problem


class EmbeddingError(TrainingError):
    """Embeddings can't be read, or are not those of the photos or the encoder at hand."""


@dataclass(frozen=True)
class EncoderIdentity:
    """The network that embeddings are of.

    Attributes:
        name: What it was asked for by.
        side: Pixels of its images' sides.
        sha256: Of its weights.
    """

    name: str
    side: int
    sha256: str

    def same_network(self, other: EncoderIdentity) -> bool:
        """Tell whether another one gives the same embeddings, by whatever name."""
        return (self.side, self.sha256) == (other.side, other.sha256)


@dataclass(frozen=True)
class EmbeddedPhotos:
    """Photos by their embeddings.

    Attributes:
        embeddings: float32 (photos, width).
        names: Of each photo, relative to the folder of the images.
        captions: Of each.
        splits: Of each; "" where a photo has none.
        encoder: What the embeddings are of.
        fingerprints: Of each photo, uint8 (photos, fingerprints.LENGTH).
        missing: Share of the photos, 0 to 1, that may be missing: were when they were embedded, or are later.
    """

    embeddings: np.ndarray
    names: tuple[str, ...]
    captions: tuple[tuple[str, ...], ...]
    splits: tuple[str, ...]
    encoder: EncoderIdentity
    fingerprints: np.ndarray
    missing: float = MISSING

    def __len__(self) -> int:
        return len(self.names)

    def of(self, photos: Sequence[CaptionedPhoto], images: Path) -> tuple[EmbeddedPhotos, list[str]]:
        """These photos in this order, with the captions and splits that they have, not those of the file.

        Args:
            photos: All of a data set.
            images: The folder that their names start from.

        Returns:
            Those that have an embedding, and the names of those that have none.

        Raises:
            EmbeddingError: more have none than may be missing, or all.
        """
        rows = {name: row for row, name in enumerate(self.names)}
        names = [photo_name(photo, images) for photo in photos]
        unknown = [name for name in names if name not in rows]
        if len(unknown) > self.missing * len(names) or len(unknown) == len(names):
            raise EmbeddingError(
                f"{len(unknown)} of {len(names)} photos have no embedding ({', '.join(unknown[:3])}"
                f"{', ...' if unknown[3:] else ''}); run earsight-train embed on them"
            )
        there = [photo for photo, name in zip(photos, names, strict=True) if name in rows]
        selected = self._rows([rows[name] for name in names if name in rows])
        captions = tuple(photo.captions for photo in there)
        return replace(selected, captions=captions, splits=tuple(photo.split for photo in there)), unknown

    def in_splits(self, splits: Collection[str]) -> EmbeddedPhotos:
        """Select the photos of some splits.

        Args:
            splits: Names.

        Raises:
            EmbeddingError: There is no such photo.
        """
        rows = [row for row, split in enumerate(self.splits) if split in splits]
        if not rows:
            raise EmbeddingError(
                f"no photo has the split {' or '.join(splits)}; make one: earsight-train split, "
                "and name its file by --data"
            )
        return self._rows(rows)

    def _rows(self, rows: Sequence[int]) -> EmbeddedPhotos:
        return replace(
            self,
            embeddings=self.embeddings[list(rows)],
            names=tuple(self.names[row] for row in rows),
            captions=tuple(self.captions[row] for row in rows),
            splits=tuple(self.splits[row] for row in rows),
            fingerprints=self.fingerprints[list(rows)],
        )


def write_embeddings(path: Path, embedded: EmbeddedPhotos) -> None:
    """Write a file. The same photos give the same bytes, and after a power cut there is the old file or the
    new one, whole.

    Args:
        path: The .safetensors file.
        embedded: The photos.

    Raises:
        OSError: It can't be written.
    """
    about = {
        "encoder": asdict(embedded.encoder),
        "missing": embedded.missing,
        "names": embedded.names,
        "captions": embedded.captions,
        "splits": embedded.splits,
    }
    tensors = {"embeddings": embedded.embeddings, "fingerprints": embedded.fingerprints}
    save_tensors(path, tensors, about)


def read_embeddings(path: Path) -> EmbeddedPhotos:
    """Read what write_embeddings() wrote.

    Args:
        path: The .safetensors file.

    Raises:
        EmbeddingError: It is missing, damaged or something else.
    """
    tensors, about = load_tensors(path)
    if "fingerprints" not in tensors:
        raise EmbeddingError(
            f"{path}: no fingerprints of the photos in it, by which they are recognised later: an older"
            " version"
            " made it; make it again"
        )
    embedded = _embedded_photos(tensors.get("embeddings"), tensors["fingerprints"], about)
    if embedded is None:
        raise EmbeddingError(f"{path}: no embeddings of earsight-train embed; make them again")
    return embedded


def _embedded_photos(
    embeddings: np.ndarray | None, fingerprints: np.ndarray, about: Any
) -> EmbeddedPhotos | None:
    """None for what does not hold together."""
    try:
        encoder, missing = EncoderIdentity(**about["encoder"]), float(about["missing"])
        names, splits = tuple(about["names"]), tuple(about["splits"])
        captions = tuple(map(tuple, about["captions"]))
    except (KeyError, TypeError, ValueError):
        return None
    texts = [*names, *splits, encoder.name, encoder.sha256, *(text for own in captions for text in own)]
    if not all(isinstance(text, str) for text in texts) or not isinstance(encoder.side, int):
        return None
    if embeddings is None or embeddings.dtype != np.float32 or embeddings.ndim != 2:
        return None
    if fingerprints.dtype != np.uint8 or fingerprints.shape != (len(names), LENGTH) or not 0 <= missing <= 1:
        return None
    if not len(embeddings) == len(names) == len(splits) == len(captions) or not np.isfinite(embeddings).all():
        return None
    return EmbeddedPhotos(embeddings, names, captions, splits, encoder, fingerprints, missing)


def save_tensors(path: Path, tensors: Mapping[str, np.ndarray], about: Any) -> None:
    """Write a safetensors file with JSON in it.

    Args:
        path: The file.
        tensors: By name.
        about: JSON values.

    Raises:
        OSError: It can't be written.
    """
    text = np.frombuffer(json.dumps(about).encode(), np.uint8)
    replace_file(path, save({**tensors, "about": text}))


def load_tensors(path: Path) -> tuple[dict[str, np.ndarray], Any]:
    """Read what save_tensors() wrote.

    Args:
        path: The file.

    Returns:
        The tensors by name, and the JSON values.

    Raises:
        EmbeddingError: It is missing, damaged or not whole.
    """
    try:
        refuse_stand_in(path)
        problem = safetensors_problem(path)
        if problem:
            raise EmbeddingError(f"{path}: {problem}; or make it again")
        tensors = load(path.read_bytes())
        # torch.from_numpy() warns of numbers that can't be written to.
        return {name: array.copy() for name, array in tensors.items() if name != "about"}, json.loads(
            tensors["about"].tobytes()
        )
    except OSError as error:
        raise EmbeddingError(f"{path}: {error.strerror or error}") from error
    except WeightsFileError as error:
        raise EmbeddingError(str(error)) from error
    # TypeError and AttributeError: numbers of a type that numpy does not have
    except (SafetensorError, KeyError, ValueError, RecursionError, TypeError, AttributeError) as error:
        raise EmbeddingError(f"{path}: not a file of embeddings, or damaged; make it again") from error
