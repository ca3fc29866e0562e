"""Captions a second of training CLIP, a mapper and GPT-2: the published loop against ours, in one run.

    script/bench training [--photos 32] [--captions 5] [--steps 3] [--json]

Full size, random weights, frozen GPT-2, on a GPU if there is one. The published loop is written here from its
description, on transformers' GPT-2: one row a caption, prefix and padding to the longest caption through all
of GPT-2, logits of every position, float32, 32 captions a step. Ours is earsight_training's own step, on
whole photos with their captions. Lengths are drawn to Flickr8k's distribution: by CLIP's byte-pair encoding
its captions have 12.2 tokens on average with the full stop, standard deviation 3.9, and the longest has 40,
to which the published loop pads.

The floor is the number of operations of our step over the rate of matrix products that the same machine
reaches, in the same precision and of sizes that occur in it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel

from earsight_training.learning.distributed import autocast
from earsight_training.networks.caption_model import PADDING, CaptionModel
from earsight_training.networks.gpt2 import decoder_from
from earsight_training.networks.mapper import TransformerMapper
from earsight_training.recipe import TransformerMapperSettings

EMBEDDING, PREFIX, LONGEST = 640, 40, 40
MAPPING = TransformerMapperSettings(kind="transformer")
PUBLISHED_BATCH = 32


def captions(photos: int, each: int, rng: np.random.Generator) -> Tensor:
    """Draw captions of random tokens.

    Args:
        photos: How many there are.
        each: Captions of a photo.
        rng: Draws lengths and tokens.

    Returns:
        int64 (photos, each, LONGEST), padded.
    """
    lengths = np.clip(np.rint(rng.normal(12.2, 3.9, (photos, each))), 4, LONGEST).astype(int)
    tokens = torch.from_numpy(rng.integers(14, 50000, (photos, each, LONGEST)))
    tokens[torch.arange(LONGEST) >= torch.from_numpy(lengths)[:, :, None]] = PADDING
    return tokens


class PublishedLoop:
    """The published training step: the mapper learns, GPT-2 is frozen."""

    def __init__(self, gpt2: GPT2LMHeadModel, mapper: TransformerMapper) -> None:
        """Begin.

        Args:
            gpt2: Frozen.
            mapper: Learns.
        """
        self.gpt2, self.mapper = gpt2, mapper
        self.optimizer = torch.optim.AdamW(mapper.parameters(), 2e-5)

    def loss(self, embeddings: Tensor, tokens: Tensor) -> Tensor:
        """Compute the loss.

        Args:
            embeddings: Float (captions, numbers), a photo's again for each caption.
            tokens: int64 (captions, LONGEST).
        """
        padded = tokens.clamp_min(0)
        embedded = self.gpt2.transformer.wte(padded)
        mask = torch.cat([torch.ones(len(tokens), PREFIX, device=tokens.device), (tokens >= 0).float()], 1)
        outputs = self.gpt2(
            inputs_embeds=torch.cat([self.mapper(embeddings), embedded], 1), attention_mask=mask
        )
        logits = outputs.logits[:, PREFIX - 1 : -1]
        return functional.cross_entropy(
            logits.reshape(-1, logits.shape[-1]), padded.flatten(), ignore_index=0
        )

    def __call__(self, embeddings: Tensor, tokens: Tensor) -> float:
        """Take a step.

        Args:
            embeddings: As for loss().
            tokens: As for loss().

        Returns:
            The loss.
        """
        loss = self.loss(embeddings, tokens)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return float(loss.detach())


class OurLoop:
    """One step as earsight_training.learning.caption_training takes it."""

    def __init__(self, model: CaptionModel) -> None:
        """Begin.

        Args:
            model: Whose mapper learns.
        """
        self.model = model
        self.optimizer = torch.optim.AdamW(model.mapper.parameters(), 2e-5, fused=True)

    def __call__(self, embeddings: Tensor, tokens: Tensor) -> float:
        """Take a step.

        Args:
            embeddings: Float (photos, numbers).
            tokens: int64 (photos, captions, LONGEST).

        Returns:
            The loss.
        """
        with autocast(embeddings.device):
            loss = self.model.loss(embeddings, tokens, 0.0)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.mapper.parameters(), 1.0)
        self.optimizer.step()
        return float(loss.detach())


def seconds(step: Callable[[], float], steps: int) -> float:
    """Time a step.

    Args:
        step: Ends by reading its loss from the device.
        steps: How many are timed, after one that warms up.

    Returns:
        The median, in seconds.
    """
    step()
    taken = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def agree(published: PublishedLoop, ours: OurLoop, embeddings: Tensor, tokens: Tensor) -> None:
    """Check that both steps have the same loss: otherwise they don't do the same work.

    Args:
        published: The published loop.
        ours: Ours.
        embeddings: Float (photos, numbers).
        tokens: int64 (photos, captions, LONGEST).
    """
    repeated = embeddings.repeat_interleave(tokens.shape[1], 0)
    with torch.no_grad():
        theirs = float(published.loss(repeated, tokens.flatten(0, 1)))
        mine = float(ours.model.loss(embeddings, tokens, 0.0))
    assert abs(theirs - mine) < 1e-3 * theirs, (theirs, mine)


def operations(model: CaptionModel, tokens: Tensor) -> float:
    """Count multiplications and additions of our step's matrix products with weights, forward and backward.

    Frozen weights cost twice their forward pass, those that learn three times. Attention's own products are
    left out: less than one in a hundred.

    Args:
        model: Ours.
        tokens: int64 (photos, captions, LONGEST).
    """
    photos, inputs = len(tokens), int((tokens[:, :, 1:] != PADDING).sum())
    linear = nn.Linear
    assert isinstance(model.mapper, TransformerMapper)
    blocks = sum(m.weight.numel() for m in model.decoder.blocks.modules() if isinstance(m, linear))
    mapper = sum(m.weight.numel() for m in model.mapper.blocks.modules() if isinstance(m, linear))
    head = model.decoder.tokens.weight.numel()
    positions = MAPPING.clip_length + MAPPING.prefix
    learned = photos * (positions * mapper + model.mapper.linear.weight.numel())
    targets = int((tokens != PADDING).sum())
    frozen = (photos * PREFIX + inputs) * blocks + targets * head
    # In the last blocks, what the prefix does not need becomes keys and values only: 2 parts of 8, or of 12.
    learned -= photos * MAPPING.clip_length * mapper / MAPPING.layers * 6 / 8
    frozen -= photos * (PREFIX - 1) * blocks / len(model.decoder.blocks) * 10 / 12
    return 2.0 * (3 * learned + 2 * frozen)


def rate(device: torch.device, rows: int) -> float:
    """Measure operations a second of bfloat16 products of (rows, 768) with (768, 3072).

    Args:
        device: To compute on.
        rows: Of the left matrix.
    """
    left = torch.randn(rows, 768, device=device, dtype=torch.bfloat16)
    right = torch.randn(768, 3072, device=device, dtype=torch.bfloat16)

    def product() -> float:
        for _ in range(20):
            result = left @ right
        return float(result[0, 0])

    return 20 * 2.0 * rows * 768 * 3072 / seconds(product, 5)


def figures(photos: int, each: int, steps: int, device: torch.device) -> dict[str, float]:
    """Run both loops.

    Args:
        photos: Of a step of ours.
        each: Captions of a photo.
        steps: That are timed.
        device: To compute on.

    Returns:
        The figures by name.
    """
    torch.manual_seed(1)
    gpt2 = GPT2LMHeadModel(GPT2Config()).eval().requires_grad_(False)
    decoder = decoder_from(gpt2.state_dict()).eval().requires_grad_(False)
    mapper = TransformerMapper(EMBEDDING, 768, MAPPING)
    gpt2.to(device)
    model = CaptionModel(nn.Identity(), mapper, decoder).to(device)
    embeddings = torch.randn(photos, EMBEDDING, device=device)
    tokens = captions(photos, each, np.random.default_rng(1)).to(device)
    repeated, rows = embeddings.repeat_interleave(each, 0), tokens.flatten(0, 1)
    repeated, rows = repeated[:PUBLISHED_BATCH], rows[:PUBLISHED_BATCH]
    published, ours = PublishedLoop(gpt2, mapper), OurLoop(model)
    agree(published, ours, embeddings[:2], tokens[:2])
    theirs = seconds(lambda: published(repeated, rows), steps)
    mine = seconds(lambda: ours(embeddings, tokens), steps)
    work, speed = operations(model, tokens), rate(device, photos * PREFIX)
    return {
        "published captions/s": len(rows) / theirs,
        "our captions/s": photos * each / mine,
        "ratio": photos * each / mine * theirs / len(rows),
        "operations a step / 1e9": work / 1e9,
        "matrix products / 1e9 a second": speed / 1e9,
        "floor seconds": work / speed,
        "times the floor": mine / (work / speed),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=int, default=32, help="of a step of ours (32)")
    parser.add_argument("--captions", type=int, default=5, help="of a photo (5; the mission's data has 4)")
    parser.add_argument("--steps", type=int, default=3, help="that are measured (3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    found = figures(arguments.photos, arguments.captions, arguments.steps, device)
    if arguments.json:
        print(json.dumps(found))
        return
    print(f"{device}, {torch.get_num_threads()} threads, {arguments.photos} photos a step")
    for name, value in found.items():
        print(f"{name:32}{value:10.3f}")


if __name__ == "__main__":
    main()
