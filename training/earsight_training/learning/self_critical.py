"""Self-critical sequence training: of the captions that the model finds likeliest, the better become
likelier.

Rennie et al., arXiv:1612.00563, on the captions of a beam search, against their mean reward (Cornia et al.,
arXiv:1912.08226, equation 8): what is trained is which of them comes first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from earsight_training.data.examples import PhotoExamples
from earsight_training.data.prefixes import PrefixExamples
from earsight_training.data.tokens import Vocabulary
from earsight_training.learning.batches import encoder_input
from earsight_training.learning.decoding import beam_captions
from earsight_training.learning.distributed import autocast, this_process
from earsight_training.learning.reward_pool import CaptionRewards, RewardPool
from earsight_training.learning.rewards import Rewards
from earsight_training.learning.run import Run
from earsight_training.learning.trainer import Trainer, TrainingPlan
from earsight_training.networks.caption_model import CaptionModel
from earsight_training.recipe import CaptionSettings, RefineSettings


def train_self_critical(
    model: CaptionModel,
    examples: PhotoExamples | PrefixExamples,
    references: Mapping[str, Sequence[Sequence[str]]],
    vocabulary: Vocabulary,
    recipe: tuple[CaptionSettings, RefineSettings],
    run: Run,
) -> CaptionModel:
    """Train mapper and decoder, going on from refine.pt of the run's folder if it is there.

    Args:
        model: After the captions were learned. Its encoder is frozen.
        examples: Of the training photos.
        references: By the code of a language, those of each photo, cleaned.
        vocabulary: The model's.
        recipe: The sections captions and refine.
        run: Where, and how long.

    Returns:
        The model with averaged weights, in eval mode; that of the best epoch where validation monitors one.

    Raises:
        TrainingError: As Trainer does.
    """
    general, settings = recipe
    trainer = _trainer(model, settings, _plan(examples, general, settings, run.seed), run)

    def begin_epoch(epoch: int) -> PhotoExamples | PrefixExamples:
        examples.reseed(run.seed * 2000 + epoch)
        model.eval()  # no dropout: what is said is what is trained
        return examples

    rewards = _rewards(references, settings.hallucination_penalty)
    with RewardPool(CaptionRewards(rewards, vocabulary), this_process().local_size) as pool:
        losses = _SelfCriticalLosses(model, pool, vocabulary, tuple(rewards), general.longest, settings)
        trained = trainer.run(begin_epoch, losses)
    assert isinstance(trained, CaptionModel)
    return trained.eval()


def _rewards(references: Mapping[str, Sequence[Sequence[str]]], penalty: float) -> dict[str, Rewards]:
    return {
        code: Rewards([texts for texts in known if texts], penalty, code)
        for code, known in references.items()
    }


def _trainer(model: CaptionModel, settings: RefineSettings, plan: TrainingPlan, run: Run) -> Trainer:
    return Trainer(
        "refine",
        model,
        _optimizer(model, settings),
        run.work / "refine.pt",
        plan,
        validation=run.validation,
        curves=run.work / "curves",
        limit=run.limit,
    )


def _plan(
    examples: PhotoExamples | PrefixExamples, general: CaptionSettings, settings: RefineSettings, seed: int
) -> TrainingPlan:
    return TrainingPlan(
        len(examples),
        settings.batch or general.batch,
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
    pool: RewardPool
    vocabulary: Vocabulary
    languages: tuple[str, ...]
    longest: int
    settings: RefineSettings

    def __call__(self, batch: list[Tensor]) -> tuple[dict[str, Tensor], float]:
        images, references = batch
        model, settings = self.model, self.settings
        with autocast(images.device):
            prefix = model.prefix(encoder_input(images))
        # By itself: autocast keeps the weights that it has rounded, and those of a search have no gradient.
        with autocast(images.device):
            said = self._said(prefix.detach())
        reward = self.pool.of(said, references).to(prefix.device)
        advantage = reward - reward.mean(2, keepdim=True)
        with autocast(images.device):
            log_probs, captions_of = model.log_probs(prefix, said.flatten(1, 2))
            loss = -(advantage.flatten()[captions_of] * log_probs).mean()
            likelihood = settings.cross_entropy_weight * model.loss_of_prefix(prefix, references, 0.0)
        return {"loss": loss, "likelihood": likelihood} | self._logged(reward), len(images)

    def _said(self, prefix: Tensor) -> Tensor:
        """The captions of a search in each language, int64 (batch, languages, beams, tokens), with the token
        that says the language, if there is one."""
        model, settings, vocabulary = self.model, self.settings, self.vocabulary
        batch, count = len(prefix), len(self.languages)
        starts = None
        if vocabulary.starts:
            tokens = torch.tensor([vocabulary.starts[code] for code in self.languages], device=prefix.device)
            starts = tokens.repeat(batch)
        prefixes = prefix.repeat_interleave(count, 0)
        found = beam_captions(model, prefixes, settings.beams, self.longest, vocabulary.end, starts)
        if starts is not None:
            found = torch.cat([starts[:, None, None].expand(-1, settings.beams, 1), found], 2)
        return found.view(batch, count, *found.shape[1:])

    def _logged(self, reward: Tensor) -> dict[str, Tensor]:
        """The reward is logged, not trained: its gradient is in the loss."""
        means = -reward.mean((0, 2)).detach()
        names = ["-reward"] if len(means) == 1 else [f"-reward {code}" for code in self.languages]
        return dict(zip(names, means, strict=True))
