"""Decoding in torch during training, many photos at once. (The daemon decodes what devices say.)"""

from __future__ import annotations

import torch
from torch import Tensor

from earsight_training.data.tokens import Vocabulary
from earsight_training.networks.caption_model import PADDING, CaptionModel
from earsight_training.networks.transformer import KeysValues


@torch.no_grad()
def greedy_captions(model: CaptionModel, images: Tensor, vocabulary: Vocabulary, longest: int) -> list[str]:
    """Caption by the likeliest token at each step.

    Args:
        model: On the images' device.
        images: What the model's encoder takes, (batch, ...).
        vocabulary: The model's.
        longest: Tokens of a caption at most, the end token included.

    Returns:
        A caption for each image.
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


@torch.no_grad()
def beam_captions(
    model: CaptionModel,
    prefix: Tensor,
    beams: int,
    longest: int,
    end: int,
    starts: Tensor | None = None,
) -> Tensor:
    """Search as the daemon does: all continuations compete by mean log-probability.

    Args:
        model: On the prefix' device.
        prefix: Float (batch, prefix length, width).
        beams: Width of the search.
        longest: Tokens of a caption at most, the end token included.
        end: Number of the end token.
        starts: int64 (batch,), the token that says the language of each; None: of a model without such.

    Returns:
        int64 (batch, beams, longest), best first, with PADDING after the end token; without the starts.
    """
    hidden, cache = _begun(model, prefix, starts)
    sums, token = model.decoder.logits(hidden).float().log_softmax(-1).topk(beams)
    tokens = torch.full((*token.shape, longest), PADDING, device=prefix.device)
    tokens[:, :, 0] = token
    lengths, ended, parents = torch.ones_like(sums), token == end, torch.zeros_like(token)
    for step in range(1, longest):
        if bool(ended.all()):
            break
        cache = _of_parents(cache, parents, 1 if step == 1 else beams)  # at first beams share their prefix
        more, ids, cache = _continuations(model, token, ended, cache)
        lengths = lengths + ~ended
        grown = sums[..., None] + more
        best = (grown / lengths[..., None]).flatten(1).topk(beams).indices
        parents, token = best // beams, ids.flatten(1).gather(1, best)
        sums, lengths = grown.flatten(1).gather(1, best), lengths.gather(1, parents)
        ended = ended.gather(1, parents) | (token == end)
        tokens = tokens.gather(1, parents[..., None].expand_as(tokens))
        tokens[:, :, step] = token
    return tokens


def _begun(model: CaptionModel, prefix: Tensor, starts: Tensor | None) -> tuple[Tensor, list[KeysValues]]:
    """The hidden state that the first token is predicted from, and the cache."""
    hidden, cache = model.decoder.read_prefix(prefix)
    if starts is None:
        return hidden, cache
    following, cache = model.decoder.read_tokens(starts[:, None], cache)
    return following[:, -1], cache


def _of_parents(cache: list[KeysValues], parents: Tensor, width: int) -> list[KeysValues]:
    """The cache of the beams that go on. parents: (batch, beams). width: beams of a photo in the cache."""
    rows = (torch.arange(len(parents), device=parents.device)[:, None] * width + parents).flatten()
    return [(keys[rows], values[rows]) for keys, values in cache]


def _continuations(
    model: CaptionModel, token: Tensor, ended: Tensor, cache: list[KeysValues]
) -> tuple[Tensor, Tensor, list[KeysValues]]:
    """Log-probabilities and ids of the likeliest next tokens, each (batch, beams, beams), and the cache."""
    following, cache = model.decoder.read_tokens(token.flatten()[:, None].clamp(min=0), cache)
    logs = model.decoder.logits(following[:, -1]).float().log_softmax(-1).view(*token.shape, -1)
    more, ids = logs.topk(token.shape[1])
    # A caption that came to its end goes on in one way, which costs nothing.
    more = torch.where(ended[..., None], torch.full_like(more, -torch.inf), more)
    more[..., 0] = more[..., 0].where(~ended, 0.0)
    return more, ids.where(~ended[..., None], PADDING), cache


def text_of(tokens: list[int], vocabulary: Vocabulary) -> str:
    """Decode tokens up to the end token, if there is one."""
    if vocabulary.end in tokens:
        tokens = tokens[: tokens.index(vocabulary.end)]
    return vocabulary.tokenizer.decode(tokens).strip()
