"""The file that photos' embeddings are kept in: one .safetensors, so no code is run by reading it.

Tensors: ``embeddings``, float32 (photos, width), as the encoder gives them, not normalised; and ``about``,
uint8, JSON in UTF-8 with the encoder, and the names, captions and splits of the photos in the order of the
rows. The header of a safetensors file has room for strings too, but only 100 MB; large data sets have more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from earsight_training.atomic import replace_file
from earsight_training.data.datasets import CaptionedPhoto, photo_name
from earsight_training.errors import TrainingError


class EmbeddingError(TrainingError):
    """Embeddings that can't be read, or are not those of the photos or the encoder at hand."""


@dataclass(frozen=True)
class EncoderIdentity:
    """Which network embeddings are of: what it was asked for by, the side of its pictures, its weights."""

    name: str
    side: int
    sha256: str

    def same_network(self, other: EncoderIdentity) -> bool:
        """Whether both give the same embeddings, by whatever name."""
        return (self.side, self.sha256) == (other.side, other.sha256)


@dataclass(frozen=True)
class EmbeddedPhotos:
    """Photos by their embeddings: row i of embeddings, float32 (photos, width), is of names[i].

    Names are relative to the folder of the images; a split is "" where a photo has none.
    """

    embeddings: np.ndarray
    names: tuple[str, ...]
    captions: tuple[tuple[str, ...], ...]
    splits: tuple[str, ...]
    encoder: EncoderIdentity

    def __len__(self) -> int:
        return len(self.names)

    def of(self, photos: Sequence[CaptionedPhoto], images: Path) -> EmbeddedPhotos:
        """These photos in this order, with the captions and splits that they have, not those of the file.

        Raises EmbeddingError for photos without an embedding.
        """
        rows = {name: row for row, name in enumerate(self.names)}
        names = tuple(photo_name(photo, images) for photo in photos)
        unknown = [name for name in names if name not in rows]
        if unknown:
            raise EmbeddingError(
                f"{len(unknown)} of {len(names)} photos have no embedding ({', '.join(unknown[:3])}"
                f"{', ...' if unknown[3:] else ''}); run earsight-train embed on them"
            )
        return EmbeddedPhotos(
            self.embeddings[[rows[name] for name in names]],
            names,
            tuple(photo.captions for photo in photos),
            tuple(photo.split for photo in photos),
            self.encoder,
        )

    def in_splits(self, splits: Collection[str]) -> EmbeddedPhotos:
        """The photos of these splits. Raises EmbeddingError where there is none."""
        rows = [row for row, split in enumerate(self.splits) if split in splits]
        if not rows:
            raise EmbeddingError(
                f"no photo has the split {' or '.join(splits)}; make one: earsight-train split, "
                "and name its file by --data"
            )
        return EmbeddedPhotos(
            self.embeddings[rows],
            tuple(self.names[row] for row in rows),
            tuple(self.captions[row] for row in rows),
            tuple(self.splits[row] for row in rows),
            self.encoder,
        )


def write_embeddings(path: Path, embedded: EmbeddedPhotos) -> None:
    """The same photos give the same bytes. After a power cut there is the old file or the new one, whole."""
    about = {
        "encoder": asdict(embedded.encoder),
        "names": embedded.names,
        "captions": embedded.captions,
        "splits": embedded.splits,
    }
    save_tensors(path, {"embeddings": embedded.embeddings}, about)


def read_embeddings(path: Path) -> EmbeddedPhotos:
    """Raises EmbeddingError for a file that is missing, damaged or something else."""
    tensors, about = load_tensors(path)
    embedded = _embedded_photos(tensors.get("embeddings"), about)
    if embedded is None:
        raise EmbeddingError(f"{path}: no embeddings of earsight-train embed; make them again")
    return embedded


def _embedded_photos(embeddings: np.ndarray | None, about: Any) -> EmbeddedPhotos | None:
    """None for what does not hold together."""
    try:
        encoder = EncoderIdentity(**about["encoder"])
        names, splits = tuple(about["names"]), tuple(about["splits"])
        captions = tuple(map(tuple, about["captions"]))
    except (KeyError, TypeError):
        return None
    texts = [*names, *splits, encoder.name, encoder.sha256, *(text for own in captions for text in own)]
    if not all(isinstance(text, str) for text in texts) or not isinstance(encoder.side, int):
        return None
    if embeddings is None or embeddings.dtype != np.float32 or embeddings.ndim != 2:
        return None
    if not len(embeddings) == len(names) == len(splits) == len(captions) or not np.isfinite(embeddings).all():
        return None
    return EmbeddedPhotos(embeddings, names, captions, splits, encoder)


def save_tensors(path: Path, tensors: Mapping[str, np.ndarray], about: Any) -> None:
    """A safetensors file with JSON in it."""
    text = np.frombuffer(json.dumps(about).encode(), np.uint8)
    replace_file(path, save({**tensors, "about": text}))


def load_tensors(path: Path) -> tuple[dict[str, np.ndarray], Any]:
    """What save_tensors wrote. Raises EmbeddingError for a file that is missing or damaged."""
    try:
        tensors = load_file(path)
        return tensors, json.loads(tensors.pop("about").tobytes())
    except OSError as error:
        raise EmbeddingError(f"{path}: {error.strerror or error}") from error
    # TypeError and AttributeError: numbers of a type that numpy does not have
    except (SafetensorError, KeyError, ValueError, RecursionError, TypeError, AttributeError) as error:
        raise EmbeddingError(f"{path}: not a file of embeddings, or damaged; make it again") from error
