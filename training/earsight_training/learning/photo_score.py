"""The score that decides which epoch was the best, of a model that learns from photos: CIDEr-D of what it
says of the validation photos, in each language. It needs no Java."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from earsight_training.data.datasets import CaptionedPhoto, in_language
from earsight_training.data.tokens import Vocabulary, clean_caption
from earsight_training.learning.batches import encoder_input
from earsight_training.learning.decoding import beam_captions, text_of
from earsight_training.learning.distributed import autocast
from earsight_training.learning.rewards import Rewards
from earsight_training.networks.caption_model import CaptionModel

MONITOR = "CIDEr-D"
"""The mean over the languages."""
BATCH = 125


@dataclass(frozen=True)
class PhotoScore:
    """Scores models on the same photos, again and again.

    Attributes:
        images: uint8 (photos, side, side, 3), in the size of the encoder's input; or what a bundle's encoder
            made of them, float16 (photos, length, width).
        references: By the code of a language, those of each photo, cleaned; a photo may have none.
        vocabulary: The models'.
        longest: Tokens of a caption at most.
        beams: Width of the search; 1 is greedy.
    """

    images: np.ndarray
    references: Mapping[str, Sequence[Sequence[str]]]
    vocabulary: Vocabulary
    longest: int
    beams: int = 3

    def __call__(self, model: nn.Module) -> dict[str, float]:
        """Caption the photos by a search, and score the captions.

        Args:
            model: A CaptionModel in eval mode.

        Returns:
            CIDEr-D by "CIDEr-D" and the code of the language, and its mean as MONITOR.
        """
        assert isinstance(model, CaptionModel)
        said: dict[str, list[str]] = {code: [] for code in self.references}
        for start in range(0, len(self.images), BATCH):
            images = torch.from_numpy(self.images[start : start + BATCH])
            for code, texts in self._captions(model, images).items():
                said[code] += texts
        scores = {
            f"{MONITOR} {code}": cider_d(said[code], references)
            for code, references in self.references.items()
        }
        return scores | {MONITOR: float(np.mean(list(scores.values())))}

    def _captions(self, model: CaptionModel, images: Tensor) -> dict[str, list[str]]:
        """The best caption of each image, by language."""
        device = model.decoder.tokens.weight.device
        captions = {}
        with autocast(device):
            prefix = model.prefix(encoder_input(images.to(device)))
            for code in self.references:
                starts = language_tokens(self.vocabulary, code, len(images), device)
                end = self.vocabulary.end
                found = beam_captions(model, prefix, self.beams, self.longest, end, starts)
                captions[code] = [text_of(row, self.vocabulary) for row in found[:, 0].tolist()]
        return captions


def language_tokens(vocabulary: Vocabulary, code: str, count: int, device: torch.device) -> Tensor | None:
    """Return the token that says the language, int64 (count,); None where the vocabulary has no such."""
    if not vocabulary.starts:
        return None
    return torch.full((count,), vocabulary.starts[code], device=device)


def cider_d(captions: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Compute the mean CIDEr-D, with the document frequencies of these references.

    Args:
        captions: Cleaned, one for each photo.
        references: Of each photo, cleaned. A photo without any does not count.
    """
    pairs = [(text, known) for text, known in zip(captions, references, strict=True) if known]
    rewards = Rewards([known for _, known in pairs], 0.0)
    return float(np.mean([rewards.of([text], known)[0] for text, known in pairs])) if pairs else 0.0


def references_by_language(
    photos: Sequence[CaptionedPhoto], languages: Sequence[str]
) -> dict[str, list[list[str]]]:
    """Return the references of each photo in each language, cleaned.

    Args:
        photos: With their captions.
        languages: Codes.
    """
    by_language = {}
    for code in languages:
        found = {photo.path: photo.captions for photo in in_language(photos, code)}
        by_language[code] = [[clean_caption(text) for text in found.get(photo.path, ())] for photo in photos]
    return by_language
