"""What a training step sees: photos or embeddings, each with all its captions as tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

from earsight_training.data.augment import random_box, view
from earsight_training.data.fingerprints import digest
from earsight_training.data.tokens import Vocabulary, clean_caption, mirrored_caption
from earsight_training.networks.caption_model import PADDING
from earsight_training.recipe import PhotoSettings


def caption_tokens(
    captions: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    longest: int,
    languages: Sequence[Sequence[str]] | None = None,
) -> list[Tensor]:
    """Encode the captions of photos.

    Args:
        captions: Of each photo, cleaned.
        vocabulary: Encodes them.
        longest: Tokens of a caption at most, the end token included.
        languages: Code of the language of each caption; None where all are in one.

    Returns:
        For each photo, int64 (captions, longest), where captions is the most that any photo has; one more
        than longest where a token says the language. PADDING fills what follows the end token, and the rows
        of photos that have fewer.
    """
    rows, columns = max(len(texts) for texts in captions), longest + bool(vocabulary.starts)
    codes = languages or [[""] * len(texts) for texts in captions]
    table = []
    for texts, theirs in zip(captions, codes, strict=True):
        tokens = torch.full((rows, columns), PADDING)
        for row, text, language in zip(tokens, texts, theirs, strict=False):
            ids = vocabulary.encode(text, longest, language)
            row[: len(ids)] = torch.tensor(ids)
        table.append(tokens)
    return table


def random_view(rgb: np.ndarray, settings: PhotoSettings, seed: tuple[int, int]) -> tuple[np.ndarray, bool]:
    """Draw a view of a photo.

    Args:
        rgb: uint8 (any side, the same, 3).
        settings: How photos are shown.
        seed: Of the epoch, and the photo's number.

    Returns:
        uint8 (side, side, 3), and whether it is mirrored: every second one is.
    """
    rng = np.random.default_rng(seed)
    shown = view(rgb, random_box(rng, settings.least_area), settings.side, rng)
    mirrored = bool(rng.random() < 0.5)
    return (shown[:, ::-1] if mirrored else shown).copy(), mirrored


class PhotoExamples(Dataset[tuple[Tensor, Tensor]]):
    """A random view of each photo, uint8 (side, side, 3), and its tokens. Every second one is mirrored, and
    *left* and *right* in its captions with it, in whichever language."""

    def __init__(
        self,
        pixels: np.ndarray,
        captions: Sequence[Sequence[str]],
        vocabulary: Vocabulary,
        longest: int,
        settings: PhotoSettings,
        seed: int,
        languages: Sequence[Sequence[str]] | None = None,
    ) -> None:
        """Encode the captions.

        Args:
            pixels: uint8 (photos, any side, the same, 3).
            captions: Of each photo.
            vocabulary: Encodes them.
            longest: As for caption_tokens().
            settings: How photos are shown.
            seed: Of this epoch.
            languages: As for caption_tokens().
        """
        self._pixels, self._settings, self._seed = pixels, settings, seed
        self.digest = digest(pixels)
        self.captions = sum(map(len, captions))
        cleaned = [[clean_caption(text) for text in texts] for texts in captions]
        self._tokens = caption_tokens(cleaned, vocabulary, longest, languages)
        mirrored = [[mirrored_caption(text) for text in texts] for texts in cleaned]
        self._mirrored = caption_tokens(mirrored, vocabulary, longest, languages)

    def __len__(self) -> int:
        return len(self._pixels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return a random view of a photo, mirrored every second time, and its tokens."""
        rgb, mirrored = random_view(self._pixels[index], self._settings, (self._seed, index))
        return torch.from_numpy(rgb), (self._mirrored if mirrored else self._tokens)[index]

    def reseed(self, seed: int) -> None:
        """Other views from now on."""
        self._seed = seed


class EmbeddingExamples(TensorDataset):
    """The embedding of each photo, float32 (numbers,), and its tokens."""

    def __init__(
        self,
        embeddings: np.ndarray,
        captions: Sequence[Sequence[str]],
        vocabulary: Vocabulary,
        longest: int,
    ) -> None:
        """embeddings: float32 (photos, numbers)."""
        cleaned = [[clean_caption(text) for text in texts] for texts in captions]
        tokens = torch.stack(caption_tokens(cleaned, vocabulary, longest))
        super().__init__(torch.from_numpy(embeddings), tokens)
        self.digest = digest(embeddings)
        self.captions = sum(map(len, captions))
