"""Photos to embeddings by an image encoder: in batches, with other photos being decoded meanwhile."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from tqdm import tqdm

from earsight_training.data.datasets import CaptionedPhoto, DatasetError, open_upright, photo_name
from earsight_training.data.embeddings import EmbeddedPhotos, EmbeddingError, EncoderIdentity
from earsight_training.data.fingerprints import fingerprint
from earsight_training.data.shards import FileState, ShardRow, Shards
from earsight_training.errors import TrainingError

Prepare = Callable[[Image.Image, int], np.ndarray]
"""From an upright RGB image and a side to uint8 (side, side, 3)."""


class Embedder(Protocol):
    """An image encoder that gives embeddings."""

    @property
    def side(self) -> int:
        """Pixels of the images' sides."""

    def __call__(self, pixels: Tensor) -> Tensor:
        """Embed images, float32 (batch, 3, side, side), 0 to 255, to float (batch, width)."""


@dataclass(frozen=True)
class _Picture:
    name: str
    file: FileState
    fingerprint: np.ndarray
    pixels: np.ndarray  # uint8 (side, side, 3)


@dataclass(frozen=True)
class _Failure:
    name: str
    reason: DatasetError


def encoder_identity(name: str, encoder: nn.Module, side: int) -> EncoderIdentity:
    """Identify an encoder. The hash is of the weights themselves: a network is the same from whatever kind of
    file.

    Args:
        name: What it was asked for by.
        encoder: The network.
        side: Pixels of its images' sides.
    """
    digest = hashlib.sha256()
    for key, value in sorted(encoder.state_dict().items()):
        array = value.detach().cpu().numpy()
        digest.update(f"{key} {array.dtype} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return EncoderIdentity(name, side, digest.hexdigest())


def embed_photos(
    photos: Sequence[CaptionedPhoto],
    images: Path,
    encoder: Embedder,
    prepare: Prepare,
    shards: Shards,
    batch: int,
    device: torch.device,
) -> tuple[EmbeddedPhotos, list[DatasetError]]:
    """Embed the photos that the shards do not have yet, add them, and put all of them together.

    The result is the same to the last bit whether or not the work was interrupted: each shard ends with a
    full batch.

    Args:
        photos: To embed.
        images: The folder that their names start from.
        encoder: On the device.
        prepare: Makes the encoder's input.
        shards: What earlier runs have done.
        batch: Photos at a time.
        device: To compute on.

    Returns:
        The photos that could be embedded, in the order given, and an error for each file that could not.

    Raises:
        EmbeddingError: An embedding is not finite, or no photo could be embedded.
    """
    failures = _embed_missing(photos, images, encoder, prepare, shards, batch, device)
    there = [photo for photo in photos if photo_name(photo, images) not in failures]
    if not there:
        raise EmbeddingError(f"not one photo could be embedded: {next(iter(failures.values()))}")
    return _put_together(there, images, shards), list(failures.values())


def _put_together(photos: Sequence[CaptionedPhoto], images: Path, shards: Shards) -> EmbeddedPhotos:
    names = tuple(photo_name(photo, images) for photo in photos)
    return EmbeddedPhotos(
        np.stack([shards[name].embedding for name in names]),
        names,
        tuple(photo.captions for photo in photos),
        tuple(photo.split for photo in photos),
        shards.encoder,
        np.stack([shards[name].fingerprint for name in names]),
    )


def _embed_missing(
    photos: Sequence[CaptionedPhoto],
    images: Path,
    encoder: Embedder,
    prepare: Prepare,
    shards: Shards,
    batch: int,
    device: torch.device,
) -> dict[str, DatasetError]:
    """Embed the photos that the shards do not have yet. Returns what is wrong with the others, by name."""
    paths = {photo_name(photo, images): photo.path for photo in photos}
    todo = {name: path for name, path in paths.items() if not shards.has(name, path)}
    failures: dict[str, DatasetError] = {}
    waiting: list[_Picture] = []
    with tqdm(total=len(paths), initial=len(paths) - len(todo), unit="photo", disable=None) as progress:
        try:
            for picture in _pictures(todo, encoder.side, prepare, ahead=4 * batch):
                progress.update()
                if isinstance(picture, _Failure):
                    failures[picture.name] = picture.reason
                    continue
                waiting.append(picture)
                if len(waiting) == batch:
                    _embed(waiting, encoder, shards, batch, device)
                    waiting = []
            if waiting:
                _embed(waiting, encoder, shards, batch, device)
        finally:
            shards.write()
    return failures


def _embed(
    pictures: list[_Picture], encoder: Embedder, shards: Shards, batch: int, device: torch.device
) -> None:
    """Embed a batch. One that is not full is filled up: other sizes can take other ways through a
    processor."""
    pixels = np.zeros((batch, *pictures[0].pixels.shape), np.uint8)
    pixels[: len(pictures)] = [picture.pixels for picture in pictures]
    with torch.inference_mode():
        embeddings = encoder(torch.from_numpy(pixels).to(device).permute(0, 3, 1, 2).float())
    rows = embeddings[: len(pictures)].float().cpu().numpy()
    done = {}
    for picture, row in zip(pictures, rows, strict=True):
        if not np.isfinite(row).all():
            raise EmbeddingError(
                f"{picture.name}: its embedding is not finite; are the encoder's weights damaged?"
            )
        done[picture.name] = ShardRow(picture.file, row, picture.fingerprint)
    shards.add(done)


def _state(path: Path) -> FileState | None:
    try:
        return FileState.of(path)
    except OSError:
        return None


def _pictures(
    todo: Mapping[str, Path], side: int, prepare: Prepare, ahead: int
) -> Iterator[_Picture | _Failure]:
    """In the order of todo, read by threads that are no more than ahead pictures ahead."""

    def read(name: str, path: Path) -> _Picture | _Failure:
        try:
            file = _state(path)
            photo = open_upright(path)  # which says what is wrong with a file that is not there
            if file is None:
                return _Failure(name, DatasetError(f"{path} was not there at first: run this again."))
            return _Picture(name, file, fingerprint(np.asarray(photo)), prepare(photo, side))
        except DatasetError as error:
            return _Failure(name, error)
        except TrainingError as error:
            return _Failure(name, DatasetError(f"{path}: {error}"))

    pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
    reading: deque[Future[_Picture | _Failure]] = deque()
    try:
        for name, path in todo.items():
            reading.append(pool.submit(read, name, path))
            if len(reading) == ahead:
                yield reading.popleft().result()
        while reading:
            yield reading.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
