"""Captions of one image side by side in one row, without the padding between them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Packed:
    """Rows of tokens, (batch, n). What is not used stands at the end of a row."""

    tokens: Tensor
    """int64; 0 where not used."""
    following: Tensor
    """int64: the token that comes after each."""
    positions: Tensor
    """int64: in the decoder's sequence, each caption right behind the prefix."""
    used: Tensor
    """bool."""
    mask: Tensor
    """bool (batch, 1, n, prefix + n): the prefix, and what the same caption has up to here."""


def pack(tokens: Tensor, prefix: int, padding: int) -> Packed:
    """tokens: int64 (batch, captions, longest), padded. The last token of each caption predicts nothing and
    is left out. prefix: length of the prefix."""
    longest = tokens.shape[2]
    inputs, following = tokens[:, :, :-1].flatten(1), tokens[:, :, 1:].flatten(1)
    used = following != padding
    # Stable: the used ones come first, in their order.
    order = torch.argsort(~used, dim=1, stable=True)[:, : int(used.sum(1).max())]
    used = used.gather(1, order)
    caption, place = order // max(longest - 1, 1), order % max(longest - 1, 1)
    same = (caption[:, :, None] == caption[:, None]) & (place[:, :, None] >= place[:, None])
    visible = same & used[:, None]
    before = torch.ones(*order.shape, prefix, dtype=torch.bool, device=tokens.device)
    return Packed(
        inputs.gather(1, order).clamp_min(0),
        following.gather(1, order),
        prefix + place,
        used,
        torch.cat([before, visible], 2)[:, None],
    )
