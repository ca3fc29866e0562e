"""Self-critical training: the model's own captions, drawn at random, made likelier the better they are.

Rennie et al., arXiv:1612.00563, with the mean reward of a photo's other drawn captions as the baseline
(Luo, arXiv:2003.09971).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from earsight_training.data.examples import PhotoExamples
from earsight_training.data.tokens import Vocabulary
from earsight_training.learning.captioning import text_of
from earsight_training.learning.distributed import autocast
from earsight_training.learning.epochs import Plan, Trainer
from earsight_training.learning.rewards import Rewards
from earsight_training.networks.model import PADDING, CaptionModel
from earsight_training.recipe import CaptionSettings, RefineSettings


def refine(
    model: CaptionModel,
    examples: PhotoExamples,
    captions: Sequence[Sequence[str]],
    vocabulary: Vocabulary,
    recipe: tuple[CaptionSettings, RefineSettings],
    work: Path,
    seed: int,
) -> CaptionModel:
    """Train mapper and decoder, going on from work/refine.pt if it is there.

    captions: cleaned, of each photo. Returns the model with averaged weights. Nothing is dropped out, so that
    what is drawn is what is trained.
    """
    general, settings = recipe
    rewards = Rewards(captions, settings.fine)
    model.encoder.requires_grad_(False)
    learned = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        learned, lr=settings.learning_rate, weight_decay=0.0, betas=(0.9, 0.98), fused=True
    )
    plan = Plan(
        len(examples),
        general.batch,
        settings.epochs,
        seed,
        warmup_steps=settings.warmup_steps,
        ema=settings.ema,
    )
    trainer = Trainer("refine", model, optimizer, work / "refine.pt", plan, curves=work / "curves")

    def begin_epoch(epoch: int) -> PhotoExamples:
        examples.reseed(seed * 2000 + epoch)
        model.eval()
        return examples

    def losses(batch: list[Tensor]) -> tuple[dict[str, Tensor], Tensor | float]:
        images, references = batch
        with autocast(trainer.device):
            prefix = model.prefix(images.permute(0, 3, 1, 2).float())
            drawn = drawn_captions(model, prefix.detach(), settings.drawn, general.longest, vocabulary.end)
            worth = _worth(rewards, drawn, references, vocabulary).to(prefix.device)
            # Against the mean of the others: what is above it becomes likelier, what is below less likely.
            better = (worth - worth.mean(1, keepdim=True)) * settings.drawn / max(settings.drawn - 1, 1)
            log_probs, captions_of = model.log_probs(prefix, drawn)
            loss = -(better.flatten()[captions_of] * log_probs).mean()
            likelihood = settings.cross_entropy * model.loss_of_prefix(prefix, references, 0.0)
        # The reward is told, not trained: its gradient is in the loss.
        return {"loss": loss, "likelihood": likelihood, "-reward": -worth.mean().detach()}, len(images)

    trained = trainer.run(begin_epoch, losses)
    assert isinstance(trained, CaptionModel)
    return trained.eval()


@torch.no_grad()
def drawn_captions(model: CaptionModel, prefix: Tensor, count: int, longest: int, end: int) -> Tensor:
    """Tokens drawn by the model's probabilities, int64 (batch, count, longest), with PADDING after the end.

    prefix: (batch, prefix length, width).
    """
    hidden, cache = model.decoder.read_prefix(prefix)
    hidden = hidden.repeat_interleave(count, 0)
    cache = [(keys.repeat_interleave(count, 0), values.repeat_interleave(count, 0)) for keys, values in cache]
    tokens = torch.full((len(hidden), longest), PADDING, device=prefix.device)
    open_ = torch.ones(len(hidden), dtype=torch.bool, device=prefix.device)
    for step in range(longest):
        token = torch.multinomial(model.decoder.logits(hidden).float().softmax(-1), 1)
        tokens[open_, step] = token[open_, 0]
        open_ &= token[:, 0] != end
        if step == longest - 1 or not bool(open_.any()):
            break
        following, cache = model.decoder.read_tokens(token, cache)
        hidden = following[:, -1]
    return tokens.view(-1, count, longest)


def _worth(rewards: Rewards, drawn: Tensor, references: Tensor, vocabulary: Vocabulary) -> Tensor:
    """Float (batch, drawn). Captions that did not come to their end are worth nothing."""
    worth = []
    for ours, theirs in zip(drawn.tolist(), references.tolist(), strict=True):
        texts = [text_of([t for t in row if t != PADDING], vocabulary) for row in theirs]
        found = rewards.of([text_of(row, vocabulary) for row in ours], [text for text in texts if text])
        ended = [vocabulary.end in row for row in ours]
        worth.append([value if whole else 0.0 for value, whole in zip(found, ended, strict=True)])
    return torch.tensor(worth)
