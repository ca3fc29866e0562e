"""Cross-entropy at the output weights, in chunks, so that the logits of all tokens are never held at once.

With 50,257 tokens in the vocabulary the logits of a step, their logarithms and their gradients would take
gigabytes, and more time to write and read than to compute. Here a few rows go through at a time, after "Cut
your losses" (Wijmans et al., arXiv:2411.09009), and the gradient is computed in the forward pass, since every
loss here is learned from.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

CHUNK = 6_000_000
"""Logits at a time: 24 MB of float32, which stays near the processor, and in memory that is used again."""


def chunked_cross_entropy(hidden: Tensor, weight: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """Compute F.cross_entropy(hidden @ weight.T, targets, label_smoothing=smoothing).

    The softmax is computed in float32, the products in bfloat16 under autocast.

    Args:
        hidden: Float (tokens, width).
        weight: Float (vocabulary, width).
        targets: int64 (tokens,).
        smoothing: Label smoothing, 0 to 1.

    Returns:
        A scalar, in nats.
    """
    if torch.is_autocast_enabled(hidden.device.type):
        dtype = torch.get_autocast_dtype(hidden.device.type)
        hidden, weight = hidden.to(dtype), weight.to(dtype)
    loss: Tensor = _ChunkedCrossEntropy.apply(hidden, weight, targets, smoothing)  # type: ignore[no-untyped-call]
    return loss


class _ChunkedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        needs_hidden, needs_weight = ctx.needs_input_grad[:2]
        total = torch.zeros((), device=hidden.device)
        of_hidden = torch.empty_like(hidden) if needs_hidden else None
        of_weight = torch.zeros_like(weight, dtype=torch.float32) if needs_weight else None
        rows = max(1, CHUNK // len(weight))
        for start in range(0, len(hidden), rows):
            some, wanted = hidden[start : start + rows], targets[start : start + rows]
            log_probs = F.log_softmax((some @ weight.T).float(), -1)
            total -= (1 - smoothing) * log_probs.gather(1, wanted[:, None]).sum()
            if smoothing:
                total -= smoothing * log_probs.mean(-1).sum()
            if not (needs_hidden or needs_weight):
                continue
            # The gradient of the logits: what the model believes less what it should.
            excess = log_probs.exp_().sub_(smoothing / len(weight))
            excess.scatter_add_(1, wanted[:, None], excess.new_full((len(wanted), 1), smoothing - 1))
            excess = excess.to(hidden.dtype)
            if of_hidden is not None:
                torch.mm(excess, weight, out=of_hidden[start : start + len(some)])
            if of_weight is not None:
                of_weight += excess.T @ some
        ctx.save_for_backward(of_hidden, of_weight)
        ctx.tokens = len(targets)
        return total / len(targets)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, scale: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        of_hidden, of_weight = (
            None if gradient is None else gradient * (scale / ctx.tokens) for gradient in ctx.saved_tensors
        )
        return of_hidden, of_weight, None, None
