"""What the encoder of a bundle makes of photos: computed once and kept, since that encoder learns no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor
from torch.utils.data import TensorDataset
from tqdm import tqdm

from earsight_bundle.files import ENCODER, MANIFEST
from earsight_bundle.graphs import PIXELS, PREFIX
from earsight_training.atomic import replacing
from earsight_training.data.examples import caption_tokens, random_view
from earsight_training.data.fingerprints import digest
from earsight_training.data.tokens import Vocabulary, clean_caption, mirrored_caption
from earsight_training.recipe import PhotoSettings


class PrefixEncoder:
    """The encoder of a bundle, as a device runs it.

    Attributes:
        side: Pixels of its images' sides.
        length: Vectors of a prefix.
        width: Numbers of a vector.
        identity: SHA-256 of its files.
    """

    def __init__(self, bundle: Path) -> None:
        """Load the graph.

        Args:
            bundle: The folder.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # photos are encoded side by side
        self._session = onnxruntime.InferenceSession(bundle / ENCODER, options)
        outputs = {output.name: output.shape for output in self._session.get_outputs()}
        self.side = int(self._session.get_inputs()[0].shape[1])
        _, self.length, self.width = outputs[PREFIX]
        files = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))["files"]
        stem = ENCODER.partition(".")[0]
        hashes = [f"{name} {files[name]}" for name in sorted(files) if name.startswith(f"{stem}.")]
        self.identity = hashlib.sha256("\n".join(hashes).encode()).hexdigest()

    def __call__(self, rgb: np.ndarray) -> np.ndarray:
        """Encode an image, uint8 (side, side, 3), to float32 (length, width)."""
        prefix: np.ndarray = self._session.run([PREFIX], {PIXELS: rgb[None]})[0][0]
        return prefix


def encode_photos(encoder: PrefixEncoder, images: np.ndarray) -> np.ndarray:
    """Encode images, uint8 (images, side, side, 3), to float16 (images, length, width)."""
    prefixes = np.empty((len(images), encoder.length, encoder.width), np.float16)
    for index, prefix in enumerate(_encoded(encoder, len(images), images.__getitem__, "encoding")):
        prefixes[index] = prefix
    return prefixes


def _encoded(
    encoder: PrefixEncoder, count: int, image: Callable[[int], np.ndarray], title: str
) -> Iterator[np.ndarray]:
    """The prefix of each image, by as many threads as torch has."""
    with ThreadPoolExecutor(torch.get_num_threads()) as pool:
        prefixes = pool.map(lambda index: encoder(image(index)), range(count))
        yield from tqdm(prefixes, title, count, leave=False, disable=None)


@dataclass(frozen=True)
class View:
    """One view of each photo.

    Attributes:
        prefixes: float16 (photos, length, width), read from the disk as they are needed.
        mirrored: bool (photos,).
    """

    prefixes: np.ndarray
    mirrored: np.ndarray


class PrefixViews:
    """Random views of photos, encoded when they are first asked for, and kept in a folder."""

    def __init__(
        self, encoder: PrefixEncoder, pixels: np.ndarray, settings: PhotoSettings, seed: int, folder: Path
    ) -> None:
        """Make the folder; what is in it of other photos, another encoder or other settings is not used.

        Args:
            encoder: Of the bundle.
            pixels: uint8 (photos, any side, the same, 3).
            settings: How photos are shown.
            seed: Of the views.
            folder: About 26 kB for each photo and view.
        """
        self._encoder, self._pixels, self._settings, self._seed = encoder, pixels, settings, seed
        self.digest = digest(pixels)
        about = [encoder.identity, self.digest, settings.side, settings.least_area, seed]
        self._folder = folder / hashlib.sha256(json.dumps(about).encode()).hexdigest()[:16]
        self._folder.mkdir(parents=True, exist_ok=True)

    def __len__(self) -> int:
        return len(self._pixels)

    def view(self, number: int) -> View:
        """Return a view.

        Args:
            number: From 0.

        Raises:
            OSError: It can't be written.
        """
        path, flags = (self._folder / f"{kind}-{number}.npy" for kind in ("view", "mirrored"))
        if not path.exists():
            self._encode(number, path, flags)
        return View(np.load(path, mmap_mode="c"), np.load(flags))

    def _encode(self, number: int, path: Path, flags: Path) -> None:
        mirrored = np.zeros(len(self), bool)

        def image(index: int) -> np.ndarray:
            rgb, mirrored[index] = random_view(
                self._pixels[index], self._settings, (self._seed * 1000 + number, index)
            )
            return rgb

        prefixes = np.empty((len(self), self._encoder.length, self._encoder.width), np.float16)
        title = f"view {number + 1}"
        for index, prefix in enumerate(_encoded(self._encoder, len(self), image, title)):
            prefixes[index] = prefix
        for target, array in ((flags, mirrored), (path, prefixes)):  # the one that is looked for comes last
            with replacing(target) as file:
                np.save(file, array)


class PrefixExamples(TensorDataset):
    """The prefix of a view of each photo, float16 (length, width), and its tokens, those of the mirrored
    photo where the view is mirrored."""

    def __init__(
        self,
        views: PrefixViews,
        count: int,
        captions: Sequence[Sequence[str]],
        vocabulary: Vocabulary,
        longest: int,
    ) -> None:
        """Encode the captions.

        Args:
            views: Of the photos.
            count: How many views there are.
            captions: Of each photo.
            vocabulary: Encodes them.
            longest: Tokens of a caption at most, the end token included.
        """
        self._views, self._count, self.digest = views, count, views.digest
        self.captions = sum(map(len, captions))
        cleaned = [[clean_caption(text) for text in texts] for texts in captions]
        self._tokens = torch.stack(caption_tokens(cleaned, vocabulary, longest))
        mirrored = [[mirrored_caption(text) for text in texts] for texts in cleaned]
        self._mirrored = torch.stack(caption_tokens(mirrored, vocabulary, longest))
        super().__init__(*self._of(0))

    def reseed(self, seed: int) -> None:
        """Show another view from now on: seeds that follow each other show all in turn."""
        self.tensors = self._of(seed % self._count)

    def _of(self, number: int) -> tuple[Tensor, Tensor]:
        view = self._views.view(number)
        mirrored = torch.from_numpy(view.mirrored)[:, None, None]
        return torch.from_numpy(view.prefixes), torch.where(mirrored, self._mirrored, self._tokens)
