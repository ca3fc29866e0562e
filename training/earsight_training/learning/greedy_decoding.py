"""Captions during training: greedy, in torch, many photos at once. (The daemon decodes what devices say.)"""

from __future__ import annotations

import torch
from torch import Tensor

from earsight_training.data.tokens import Vocabulary
from earsight_training.networks.caption_model import CaptionModel


@torch.no_grad()
def greedy_captions(model: CaptionModel, images: Tensor, vocabulary: Vocabulary, longest: int) -> list[str]:
    """The likeliest token at each step, until all captions are at their end or have longest tokens.

    images: what the model's encoder takes, (batch, ...).
    """
    hidden, cache = model.decoder.read_prefix(model.prefix(images))
    token = model.decoder.logits(hidden).argmax(-1)
    steps, ended = [token], token == vocabulary.end
    while len(steps) < longest and not bool(ended.all()):
        following, cache = model.decoder.read_tokens(token[:, None], cache)
        token = model.decoder.logits(following[:, -1]).argmax(-1)
        steps.append(token)
        ended |= token == vocabulary.end
    return [text_of(row, vocabulary) for row in torch.stack(steps, 1).tolist()]


def text_of(tokens: list[int], vocabulary: Vocabulary) -> str:
    """Up to the end token, if there is one."""
    if vocabulary.end in tokens:
        tokens = tokens[: tokens.index(vocabulary.end)]
    return vocabulary.tokenizer.decode(tokens).strip()
