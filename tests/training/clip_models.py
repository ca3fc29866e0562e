"""CLIP models with random weights, in OpenAI's names, shapes, precisions and file format.

Independent of Earsight's own networks, so that they can be tested with it.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest
import torch
from PIL import Image
from torch import Tensor, nn


class Size(NamedTuple):
    """blocks: of each stage of a residual network, or of a transformer, which also has a patch."""

    blocks: tuple[int, ...]
    channels: int
    side: int
    width: int
    patch: int = 0
    text: tuple[int, int, int] = (12, 49408, 77)  # blocks, vocabulary, longest text
    text_channels: int = 512


TINY_TEXT = (1, 40, 9)
SIZES = {
    "small resnet": Size((1, 2, 1, 1), 8, 64, 24, text=TINY_TEXT, text_channels=64),
    "small transformer": Size((2,), 128, 48, 24, patch=16, text=TINY_TEXT, text_channels=64),
    "RN50": Size((3, 4, 6, 3), 64, 224, 1024),
    "RN101": Size((3, 4, 23, 3), 64, 224, 512),
    "RN50x4": Size((4, 6, 10, 6), 80, 288, 640, text_channels=640),
    "RN50x16": Size((6, 8, 18, 8), 96, 384, 768, text_channels=768),
    "RN50x64": Size((3, 15, 36, 10), 128, 448, 1024, text_channels=1024),
    "ViT-B/32": Size((12,), 768, 224, 512, patch=32),
    "ViT-B/16": Size((12,), 768, 224, 512, patch=16),
    "ViT-L/14": Size((24,), 1024, 224, 768, patch=14, text_channels=768),
    "ViT-L/14@336px": Size((24,), 1024, 336, 768, patch=14, text_channels=768),
}


def clip_shapes(name: str) -> dict[str, tuple[int, ...]]:
    """The shape of every parameter and buffer of a whole CLIP, by OpenAI's names for them."""
    size = SIZES[name]
    tower = _transformer_tower(size) if size.patch else _resnet_tower(size)
    return {f"visual.{key}": shape for key, shape in tower} | dict(_text_tower(size))


def clip_state(name: str = "small resnet", seed: int = 0, half: bool = False) -> dict[str, Tensor]:
    """The state dict of a whole CLIP with random weights; name: a key of SIZES.

    The statistics of the batch norms keep the activations of a residual network at about variance 1, and no
    weight is zero or one throughout: a part that is left out or mixed up changes the embedding. half: the
    weights of convolutions and matrices in float16, as in OpenAI's files; else all float32.
    """
    size = SIZES[name]
    generator = torch.Generator().manual_seed(seed)
    state = {key: _random(key, shape, generator) for key, shape in clip_shapes(name).items()}
    if half:
        state = {key: value.half() if _is_half(key) else value for key, value in state.items()}
    _, vocabulary, longest = size.text
    numbers = {"input_resolution": size.side, "context_length": longest, "vocab_size": vocabulary}
    return state | {key: torch.tensor(number) for key, number in numbers.items()}


def write_archive(path: Path, state: Mapping[str, Tensor]) -> Path:
    """A TorchScript archive whose state dict is state, as OpenAI's files are."""
    root = nn.Module()
    for key, value in state.items():
        *parents, name = key.split(".")
        module = root
        for parent in parents:
            if not hasattr(module, parent):
                module.add_module(parent, nn.Module())
            module = module.get_submodule(parent)
        if value.is_floating_point() and not name.startswith("running_"):
            module.register_parameter(name, nn.Parameter(value, requires_grad=False))
        else:
            module.register_buffer(name, value)
    torch.jit.script(root).save(str(path))
    return path


def clip_network() -> ModuleType:
    """clip/model.py of the package clip, without running clip/__init__, which needs torchvision; or skips."""
    package = importlib.util.find_spec("clip")
    if package is None or not package.submodule_search_locations:
        pytest.skip("the package clip (clip-anytorch) is not installed")
    path = Path(package.submodule_search_locations[0]) / "model.py"
    spec = importlib.util.spec_from_file_location("clip_network", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Shapes = Iterator[tuple[str, tuple[int, ...]]]


def _layer(name: str, outputs: int, inputs: int) -> Shapes:
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def _norm(name: str, channels: int) -> Shapes:
    yield f"{name}.weight", (channels,)
    yield f"{name}.bias", (channels,)


def _batch_norm(name: str, channels: int) -> Shapes:
    yield from _norm(name, channels)
    yield f"{name}.running_mean", (channels,)
    yield f"{name}.running_var", (channels,)
    yield f"{name}.num_batches_tracked", ()


def _convolution(name: str, number: str, outputs: int, inputs: int, kernel: int) -> Shapes:
    yield f"{name}conv{number}.weight", (outputs, inputs, kernel, kernel)
    yield from _batch_norm(f"{name}bn{number}", outputs)


def _resnet_tower(size: Size) -> Shapes:
    width = size.channels
    yield from _convolution("", "1", width // 2, 3, 3)
    yield from _convolution("", "2", width // 2, width // 2, 3)
    yield from _convolution("", "3", width, width // 2, 3)
    inputs = width
    for stage, blocks in enumerate(size.blocks):
        channels = width * 2**stage
        for block in range(blocks):
            name = f"layer{stage + 1}.{block}."
            yield from _convolution(name, "1", channels, inputs, 1)
            yield from _convolution(name, "2", channels, channels, 3)
            yield from _convolution(name, "3", 4 * channels, channels, 1)
            if block == 0:
                yield f"{name}downsample.0.weight", (4 * channels, inputs, 1, 1)
                yield from _batch_norm(f"{name}downsample.1", 4 * channels)
            inputs = 4 * channels
    yield "attnpool.positional_embedding", ((size.side // 32) ** 2 + 1, inputs)
    for part in "qkv":
        yield from _layer(f"attnpool.{part}_proj", inputs, inputs)
    yield from _layer("attnpool.c_proj", size.width, inputs)


def _blocks(name: str, count: int, channels: int) -> Shapes:
    for block in range(count):
        here = f"{name}transformer.resblocks.{block}"
        yield f"{here}.attn.in_proj_weight", (3 * channels, channels)
        yield f"{here}.attn.in_proj_bias", (3 * channels,)
        yield from _layer(f"{here}.attn.out_proj", channels, channels)
        yield from _norm(f"{here}.ln_1", channels)
        yield from _layer(f"{here}.mlp.c_fc", 4 * channels, channels)
        yield from _layer(f"{here}.mlp.c_proj", channels, 4 * channels)
        yield from _norm(f"{here}.ln_2", channels)


def _transformer_tower(size: Size) -> Shapes:
    yield "class_embedding", (size.channels,)
    yield "positional_embedding", ((size.side // size.patch) ** 2 + 1, size.channels)
    yield "proj", (size.channels, size.width)
    yield "conv1.weight", (size.channels, 3, size.patch, size.patch)
    yield from _norm("ln_pre", size.channels)
    yield from _blocks("", size.blocks[0], size.channels)
    yield from _norm("ln_post", size.channels)


def _text_tower(size: Size) -> Shapes:
    blocks, vocabulary, longest = size.text
    yield "positional_embedding", (longest, size.text_channels)
    yield "text_projection", (size.text_channels, size.width)
    yield "logit_scale", ()
    yield from _blocks("", blocks, size.text_channels)
    yield "token_embedding.weight", (vocabulary, size.text_channels)
    yield from _norm("ln_final", size.text_channels)


def _random(key: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    def normal(mean: float, deviation: float) -> Tensor:
        return mean + deviation * torch.randn(shape, generator=generator)

    name = key.rpartition(".")[2]
    if name == "num_batches_tracked":
        return torch.tensor(1000)
    if name == "running_var":
        return 0.5 + torch.rand(shape, generator=generator)
    if name == "running_mean" or name.endswith("bias"):
        return normal(0, 0.1)
    if len(shape) < 2:  # a norm's gain, the class embedding, the temperature
        return normal(0.3 if key.endswith(".bn3.weight") else 1, 0.1)
    if name in ("proj", "text_projection"):  # applied from the right
        return normal(0, shape[0] ** -0.5)
    if name == "positional_embedding":
        return normal(0, 0.2)
    before_relu = 2 if len(shape) == 4 else 1
    return normal(0, math.sqrt(before_relu / math.prod(shape[1:])))


def _is_half(key: str) -> bool:
    """As clip.model.convert_weights has it: convolutions and matrices, not norms and embeddings."""
    parts = key.split(".")
    norm = any(part.startswith(("bn", "ln_")) for part in parts) or ".downsample.1." in key
    return (
        not norm
        and parts[-1] not in ("positional_embedding", "class_embedding", "logit_scale")
        and (key != "token_embedding.weight")
    )


def photos() -> list[Image.Image]:
    """Real photos of several shapes, one of them grey. Skips without scikit-image."""
    data = pytest.importorskip("skimage.data", reason="scikit-image comes with the test extra")
    return [Image.fromarray(getattr(data, name)()) for name in ("astronaut", "chelsea", "coffee", "camera")]


def assert_same_embeddings(ours: Tensor, theirs: Tensor) -> None:
    """Cosine >= 0.99999, also of what is left when the mean over the pictures is taken away.

    Networks with random weights give all pictures much the same embedding; it is the difference that tells.
    """
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype == torch.float32
    assert theirs.isfinite().all()
    differences = theirs - theirs.mean(0)
    assert (differences.norm(dim=1) > 0.01 * theirs.norm(dim=1)).all(), "all pictures look the same"
    assert (torch.cosine_similarity(ours, theirs) >= 0.99999).all()
    assert (torch.cosine_similarity(ours - ours.mean(0), differences) >= 0.99999).all()
