"""Fine-tuning on the score itself: self-critical sequence training (Rennie et al., arXiv:1612.00563).

Several captions of a photo are drawn from the model; each is made likelier or less likely by how its
CIDEr-D compares with the mean of the others (Luo, arXiv:2003.09971). Part of the cross-entropy loss stays,
which keeps sentences whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import Dataset

from earsight_training.cider import CiderReward, words
from earsight_training.datasets import CaptionedPhoto
from earsight_training.epochs import Trainer
from earsight_training.model import PADDING, CaptionModel
from earsight_training.recipe import RefineSettings
from earsight_training.tokens import END_ID, clean_caption
from earsight_training.train import CaptionDataset, optimizer_for


@torch.no_grad()
def draw(model: CaptionModel, pixels: Tensor, count: int, longest: int) -> Tensor:
    """count captions of each photo: int64 (batch, count, longest), padded with -100 after the end token."""
    first, cache = model.decoder.read_prefix(model.prefix(pixels))
    cache = [(keys.repeat_interleave(count, 0), values.repeat_interleave(count, 0)) for keys, values in cache]
    logits = first.repeat_interleave(count, 0)
    drawn: list[Tensor] = []
    ended = torch.zeros(len(logits), dtype=torch.bool)
    for step in range(longest):
        token = torch.multinomial(logits.float().softmax(-1), 1)[:, 0]
        drawn.append(torch.where(ended, PADDING, token))
        ended = ended | (token == END_ID)
        if ended.all() or step + 1 == longest:
            break
        following, cache = model.decoder.read_tokens(token[:, None], cache)
        logits = following[:, -1]
    return torch.stack(drawn, 1).view(len(pixels), count, -1)


def log_probs(model: CaptionModel, pixels: Tensor, tokens: Tensor) -> Tensor:
    """Log-probability of each token, 0 for padding: float (batch, captions, n)."""
    known = tokens != PADDING
    losses = F.cross_entropy(model.logits(pixels, tokens), tokens[known], reduction="none")
    return torch.zeros(tokens.shape).masked_scatter(known, -losses)


def rewards(reward: CiderReward, photos: Sequence[int], tokens: Tensor, tokenizer: Tokenizer) -> Tensor:
    """CIDEr-D of drawn captions: float (batch, captions)."""
    scores = []
    for photo, captions in zip(photos, tokens.tolist(), strict=True):
        for caption in captions:
            ids = [token for token in caption if token not in (PADDING, END_ID)]
            scores.append(reward(photo, words(tokenizer.decode(ids), ended=END_ID in caption)))
    return torch.tensor(scores).view(tokens.shape[:2])


def self_critical_loss(log_probabilities: Tensor, tokens: Tensor, scores: Tensor) -> Tensor:
    """Mean over tokens of the log-probability times how much better its caption is than the others."""
    count = scores.shape[1]
    others = (scores.sum(1, keepdim=True) - scores) / (count - 1)
    advantage = (scores - others)[..., None]
    return -(advantage * log_probabilities).sum() / (tokens != PADDING).sum()


class NumberedDataset(Dataset[tuple[Tensor, Tensor, int]]):
    """Views and captions with the number of their photo, by which the reward knows its references."""

    def __init__(self, captions: CaptionDataset) -> None:
        self._captions = captions

    def __len__(self) -> int:
        return len(self._captions)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, int]:
        return (*self._captions[index], index)


def refine(
    model: CaptionModel,
    dataset: CaptionDataset,
    photos: Sequence[CaptionedPhoto],
    tokenizer: Tokenizer,
    settings: RefineSettings,
    longest: int,
    checkpoint: Path,
    seed: int,
) -> CaptionModel:
    """Fine-tune until the last epoch, going on from the checkpoint if there is one.

    dataset: of the same photos, not mirrored, since the reward's references are not. Returns the model with
    averaged weights. Dropout stays off, so that what is made likelier is what was drawn.
    """
    torch.manual_seed(seed)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    reward = CiderReward([[clean_caption(caption) for caption in photo.captions] for photo in photos])
    trainer = Trainer(
        "refine",
        model,
        optimizer_for(model, settings.learning_rate, settings.encoder_learning_rate),
        checkpoint,
        photos=len(photos),
        batch=settings.batch,
        epochs=settings.epochs,
        warmup_epochs=1,
        ema=settings.ema,
        average_buffers=False,
    )

    def begin_epoch(epoch: int) -> NumberedDataset:
        dataset.reseed(seed * 1000 + epoch)
        model.eval()
        return NumberedDataset(dataset)

    def losses(batch: list[Tensor]) -> dict[str, Tensor]:
        images, references, numbers = batch
        pixels = images.permute(0, 3, 1, 2).float()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            drawn = draw(model, pixels, settings.samples, longest)
            scores = rewards(reward, numbers.tolist(), drawn, tokenizer)
            both = torch.cat([_padded(drawn, references.shape[2]), references], 1)
            likelihood = log_probs(model, pixels, both)
        critical = self_critical_loss(likelihood[:, : settings.samples], both[:, : settings.samples], scores)
        known = -likelihood[:, settings.samples :].sum() / (references != PADDING).sum()
        # Watched, not learned from: the mean reward.
        watched = {"reward": scores.mean()}
        return {"critical": critical, "cross-entropy": settings.cross_entropy * known, **watched}

    averaged = trainer.run(begin_epoch, losses)
    assert isinstance(averaged, CaptionModel)
    return averaged.eval()


def _padded(tokens: Tensor, length: int) -> Tensor:
    return F.pad(tokens, (0, length - tokens.shape[2]), value=PADDING)
