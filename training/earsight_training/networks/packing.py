"""Captions of one image side by side in one row, and the rows of a batch without the padding between them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Packed:
    """The tokens of a batch that are read, in one row. All but mask are int64 (tokens,).

    Attributes:
        tokens: The tokens themselves.
        following: The token that comes after each.
        positions: Positions in the decoder's sequence; each caption stands right behind the prefix.
        captions: The caption that each token belongs to, counted over the whole batch.
        places: Places in the batch's rows, (batch, n), flattened.
        mask: Bool (batch, 1, n, prefix + n), True where a token attends: to the prefix, and to the tokens of
            its own caption up to itself.
    """

    tokens: Tensor
    following: Tensor
    positions: Tensor
    captions: Tensor
    places: Tensor
    mask: Tensor


def pack(tokens: Tensor, prefix: int, padding: int) -> Packed:
    """Pack the captions of a batch.

    Args:
        tokens: int64 (batch, captions, longest), padded. The last token of each caption predicts nothing and
            is left out.
        prefix: Length of the prefix.
        padding: The number that stands for no token.

    Returns:
        The packed captions.
    """
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
    places = used.flatten().nonzero()[:, 0]
    return Packed(
        inputs.gather(1, order).flatten()[places],
        following.gather(1, order).flatten()[places],
        prefix + place.flatten()[places],
        (caption + torch.arange(len(tokens), device=tokens.device)[:, None] * tokens.shape[1]).flatten()[
            places
        ],
        places,
        torch.cat([before, visible], 2)[:, None],
    )
