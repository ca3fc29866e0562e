"""Self-critical sequence training: of the captions that the model finds likeliest, the better become
likelier.

Rennie et al., arXiv:1612.00563, on the captions of a beam search, against their mean reward (Cornia et al.,
arXiv:1912.08226, equation 8): what is trained is which of them comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from earsight_training.data.examples import PhotoExamples
from earsight_training.data.tokens import Vocabulary
from earsight_training.learning.decoding import beam_captions, text_of
from earsight_training.learning.distributed import autocast
from earsight_training.learning.rewards import Rewards
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.networks.caption_model import PADDING, CaptionModel
from earsight_training.recipe import CaptionSettings, RefineSettings


def train_self_critical(
    model: CaptionModel,
    examples: PhotoExamples,
    captions: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    recipe: tuple[CaptionSettings, RefineSettings],
    work: Path,
    seed: int,
) -> CaptionModel:
    """Train mapper and decoder, going on from work/refine.pt if it is there.

    Args:
        model: After the captions were learned. Its encoder is frozen.
        examples: Of the training photos.
        captions: The references of each photo, cleaned.
        vocabulary: The model's.
        recipe: The sections captions and refine.
        work: Folder for the checkpoint and the learning curve.
        seed: Of the views of the photos.

    Returns:
        The model with averaged weights, in eval mode.

    Raises:
        TrainingError: As Trainer does.
    """
    general, settings = recipe
    rewards = Rewards(captions, settings.hallucination_penalty)
    losses = _SelfCriticalLosses(model, rewards, vocabulary, general.longest, settings)
    optimizer, plan = _optimizer(model, settings), _plan(examples, general, settings, seed)
    trainer = Trainer("refine", model, optimizer, work / "refine.pt", plan, curves=work / "curves")

    def begin_epoch(epoch: int) -> PhotoExamples:
        examples.reseed(seed * 2000 + epoch)
        model.eval()  # no dropout: what is said is what is trained
        return examples

    trained = trainer.run(begin_epoch, losses)
    assert isinstance(trained, CaptionModel)
    return trained.eval()


def _plan(
    examples: PhotoExamples, general: CaptionSettings, settings: RefineSettings, seed: int
) -> TrainingPlan:
    return TrainingPlan(
        len(examples),
        general.batch,
        settings.epochs,
        seed,
        settings.warmup_steps,
        ema=settings.ema,
        data=examples.digest,
    )


def _optimizer(model: CaptionModel, settings: RefineSettings) -> torch.optim.Optimizer:
    """Of all but the encoder, which is frozen."""
    model.encoder.requires_grad_(False)
    learned = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    return torch.optim.AdamW(
        learned, lr=settings.learning_rate, weight_decay=0.0, betas=(0.9, 0.98), fused=True
    )


@dataclass(frozen=True)
class _SelfCriticalLosses:
    """From a batch to its losses: see Losses."""

    model: CaptionModel
    rewards: Rewards
    vocabulary: Vocabulary
    longest: int
    settings: RefineSettings

    def __call__(self, batch: list[Tensor]) -> tuple[dict[str, Tensor], float]:
        images, references = batch
        model, settings, end = self.model, self.settings, self.vocabulary.end
        with autocast(images.device):
            prefix = model.prefix(images.permute(0, 3, 1, 2).float())
            said = beam_captions(model, prefix.detach(), settings.beams, self.longest, end)
            reward = self._rewards_of(said, references).to(prefix.device)
            advantage = reward - reward.mean(1, keepdim=True)
            log_probs, captions_of = model.log_probs(prefix, said)
            loss = -(advantage.flatten()[captions_of] * log_probs).mean()
            likelihood = settings.cross_entropy_weight * model.loss_of_prefix(prefix, references, 0.0)
        # The reward is logged, not trained: its gradient is in the loss.
        return {"loss": loss, "likelihood": likelihood, "-reward": -reward.mean().detach()}, len(images)

    def _rewards_of(self, said: Tensor, references: Tensor) -> Tensor:
        """Float (batch, beams). Captions without an end token get the lowest reward that there is."""
        rows = []
        for ours, theirs in zip(said.tolist(), references.tolist(), strict=True):
            texts = [text_of([t for t in row if t != PADDING], self.vocabulary) for row in theirs]
            known = [text for text in texts if text]
            found = self.rewards.of([text_of(row, self.vocabulary) for row in ours], known)
            ended = [self.vocabulary.end in row for row in ours]
            lowest = self.rewards.lowest
            rows.append([value if whole else lowest for value, whole in zip(found, ended, strict=True)])
        return torch.tensor(rows)
