"""Self-critical training: of the captions that the model finds likeliest, the better are made likelier.

Rennie et al., arXiv:1612.00563, on the captions of a beam search, against their mean reward (Cornia et al.,
arXiv:1912.08226, equation 8): what is trained is which of them comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from earsight_training.data.examples import PhotoExamples
from earsight_training.data.tokens import Vocabulary
from earsight_training.learning.distributed import autocast
from earsight_training.learning.greedy_decoding import text_of
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

    captions: cleaned, of each photo. Returns the model with averaged weights. Nothing is dropped out, so that
    what is said is what is trained.
    """
    general, settings = recipe
    rewards = Rewards(captions, settings.hallucination_penalty)
    model.encoder.requires_grad_(False)
    learned = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        learned, lr=settings.learning_rate, weight_decay=0.0, betas=(0.9, 0.98), fused=True
    )
    plan = TrainingPlan(
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
            said = beam_captions(model, prefix.detach(), settings.beams, general.longest, vocabulary.end)
            reward = _rewards_of(rewards, said, references, vocabulary).to(prefix.device)
            advantage = reward - reward.mean(1, keepdim=True)
            log_probs, captions_of = model.log_probs(prefix, said)
            loss = -(advantage.flatten()[captions_of] * log_probs).mean()
            likelihood = settings.cross_entropy_weight * model.loss_of_prefix(prefix, references, 0.0)
        # The reward is told, not trained: its gradient is in the loss.
        return {"loss": loss, "likelihood": likelihood, "-reward": -reward.mean().detach()}, len(images)

    trained = trainer.run(begin_epoch, losses)
    assert isinstance(trained, CaptionModel)
    return trained.eval()


@torch.no_grad()
def beam_captions(model: CaptionModel, prefix: Tensor, beams: int, longest: int, end: int) -> Tensor:
    """What a beam search ends with, as the daemon's: all continuations compete by mean log-probability.

    prefix: (batch, prefix length, width). Returns int64 (batch, beams, longest), best first, with PADDING
    after the end.
    """
    hidden, cache = model.decoder.read_prefix(prefix)
    sums, token = model.decoder.logits(hidden).float().log_softmax(-1).topk(beams)
    tokens = torch.full((*token.shape, longest), PADDING, device=prefix.device)
    tokens[:, :, 0] = token
    lengths, ended = torch.ones_like(sums), token == end
    parents = torch.zeros_like(token)
    for step in range(1, longest):
        if bool(ended.all()):
            break
        width = 1 if step == 1 else beams  # beams of a photo in the cache; at first they share its prefix
        rows = (torch.arange(len(prefix), device=prefix.device)[:, None] * width + parents).flatten()
        cache = [(keys[rows], values[rows]) for keys, values in cache]
        following, cache = model.decoder.read_tokens(token.flatten()[:, None].clamp(min=0), cache)
        logs = model.decoder.logits(following[:, -1]).float().log_softmax(-1).view(*token.shape, -1)
        more, ids = logs.topk(beams)
        # A caption that came to its end goes on in one way, which costs nothing.
        more = torch.where(ended[..., None], torch.full_like(more, -torch.inf), more)
        more[..., 0] = more[..., 0].where(~ended, 0.0)
        ids = ids.where(~ended[..., None], PADDING)
        lengths = lengths + ~ended
        grown = sums[..., None] + more
        best = (grown / lengths[..., None]).flatten(1).topk(beams).indices
        parents, token = best // beams, ids.flatten(1).gather(1, best)
        sums, lengths = grown.flatten(1).gather(1, best), lengths.gather(1, parents)
        ended = ended.gather(1, parents) | (token == end)
        tokens = tokens.gather(1, parents[..., None].expand_as(tokens))
        tokens[:, :, step] = token
    return tokens


def _rewards_of(rewards: Rewards, said: Tensor, references: Tensor, vocabulary: Vocabulary) -> Tensor:
    """Float (batch, beams). Captions that did not come to their end are worth as little as the worst."""
    rows = []
    for ours, theirs in zip(said.tolist(), references.tolist(), strict=True):
        texts = [text_of([t for t in row if t != PADDING], vocabulary) for row in theirs]
        found = rewards.of([text_of(row, vocabulary) for row in ours], [text for text in texts if text])
        ended = [vocabulary.end in row for row in ours]
        rows.append([value if whole else rewards.lowest for value, whole in zip(found, ended, strict=True)])
    return torch.tensor(rows)
