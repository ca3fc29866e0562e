"""GPT-2 with random weights in the formats that users have, at any size."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor

SENTENCES = ["a red square on the left.", "be mindful of the parked car obstructing the way.", "a dog runs."]


def byte_tokenizer(vocabulary: int) -> Tokenizer:
    """Byte-level BPE like GPT-2's: the bytes in the order of their stand-ins (so "." is 13), then merges that
    no text needs, up to the vocabulary's size."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    ids = {character: number for number, character in enumerate(alphabet)}
    merges = []
    for first in alphabet:
        for second in alphabet:
            if len(ids) == vocabulary - 1:
                break
            ids[first + second] = len(ids)
            merges.append((first, second))
    ids["<|endoftext|>"] = vocabulary - 1
    tokenizer = Tokenizer(models.BPE(ids, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|endoftext|>"])
    return tokenizer


def gpt2_model(vocabulary: int = 300, width: int = 64, layers: int = 2, heads: int = 1, positions: int = 64):
    """transformers' GPT2LMHeadModel with seeded random weights."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(7)
    config = GPT2Config(
        vocab_size=vocabulary, n_positions=positions, n_embd=width, n_layer=layers, n_head=heads
    )
    model = GPT2LMHeadModel(config).eval()
    for name, parameter in model.named_parameters():
        if "ln_" in name:  # as after training: not the identity
            parameter.data += 0.2 * torch.randn_like(parameter)
    return model


def gpt2_folder(folder: Path, **sizes: int) -> Path:
    """What a user has of a small GPT-2: config.json, model.safetensors, tokenizer.json."""
    from transformers import PreTrainedTokenizerFast

    model = gpt2_model(**sizes)
    model.save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=byte_tokenizer(model.config.vocab_size))
    tokenizer.save_pretrained(folder)
    return folder


def published_state(
    mapper: str, gpt2, embedding: int = 24, prefix: int = 4, layers: int = 2
) -> dict[str, Tensor]:
    """What the published code saves: gpt.* and clip_project.*. mapper: "mlp" or "transformer"."""
    width = gpt2.config.n_embd
    generator = torch.Generator().manual_seed(5)

    def random(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator) * (0.5 if len(shape) == 1 else shape[-1] ** -0.5)

    state = {f"gpt.{key}": value for key, value in gpt2.state_dict().items()}
    if mapper == "mlp":
        half = width * prefix // 2
        shapes = {"model.0.weight": (half, embedding), "model.0.bias": (half,)}
        shapes |= {"model.2.weight": (2 * half, half), "model.2.bias": (2 * half,)}
    else:
        shapes = {"prefix_const": (prefix, width)}
        shapes |= {"linear.weight": (prefix * width, embedding), "linear.bias": (prefix * width,)}
        for layer in range(layers):
            at = f"transformer.layers.{layer}."
            for norm in ("norm1", "norm2"):
                shapes |= {f"{at}{norm}.weight": (width,), f"{at}{norm}.bias": (width,)}
            shapes |= {f"{at}attn.to_queries.weight": (width, width)}
            shapes |= {f"{at}attn.to_keys_values.weight": (2 * width, width)}
            for name, rows, columns in (
                ("attn.project", width, width),
                ("mlp.fc1", 2 * width, width),
                ("mlp.fc2", width, 2 * width),
            ):
                shapes |= {f"{at}{name}.weight": (rows, columns), f"{at}{name}.bias": (rows,)}
    return state | {f"clip_project.{key}": random(*shape) for key, shape in shapes.items()}
