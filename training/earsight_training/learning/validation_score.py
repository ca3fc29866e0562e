"""The score that decides which epoch was the best: CIDEr of greedy captions of the validation photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from earsight_training.data.embeddings import EmbeddedPhotos
from earsight_training.data.tokens import Vocabulary
from earsight_training.learning.decoding import greedy_captions
from earsight_training.learning.distributed import autocast
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.scoring.scores import cider

BATCH = 64


@dataclass(frozen=True)
class ValidationScore:
    """Scores models on the same photos, again and again.

    Attributes:
        photos: With their references.
        vocabulary: The models'.
        longest: Tokens of a caption at most.
    """

    photos: EmbeddedPhotos
    vocabulary: Vocabulary
    longest: int

    def __call__(self, model: CaptionModel) -> float:
        """Compute CIDEr, on the device that the model is on."""
        said: list[str] = []
        device = model.decoder.tokens.weight.device
        embeddings = torch.from_numpy(self.photos.embeddings)
        for start in range(0, len(embeddings), BATCH):
            batch = embeddings[start : start + BATCH].to(device)
            with autocast(device):
                said += greedy_captions(model, batch, self.vocabulary, self.longest)
        references: Sequence[Sequence[str]] = self.photos.captions
        return cider(list(zip(said, references, strict=True)))
