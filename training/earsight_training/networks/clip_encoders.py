"""CLIP's image encoders: the network that given weights belong to, and images as it takes them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from earsight_training.errors import TrainingError
from earsight_training.networks.clip_networks import (
    HEAD_WIDTH,
    RESNET_STRIDE,
    ClipResNet,
    ClipVisionTransformer,
)
from earsight_training.networks.encoders import ClipEncoder

__all__ = ["ClipError", "ClipResNet", "ClipVisionTransformer", "clip_image_encoder", "prepare"]

# Scaling one that is even longer would take gigabytes for a strip of which the crop keeps next to nothing.
LONGEST_TIMES_SHORTEST = 100


class ClipError(TrainingError):
    """CLIP weights can't be had, can't be read or do not fit; or an image has an impossible shape."""


def prepare(image: Image.Image, side: int) -> np.ndarray:
    """Prepare an image as CLIP's own preprocessing does: scale the shorter side, cut out the middle.

    Equal to the last bit to torchvision's Resize(side, BICUBIC) and CenterCrop(side) on Pillow's images: the
    longer side is rounded down, the crop's corner to the nearest even number of a tie, and colours become RGB
    after scaling.

    Args:
        image: Upright, in any mode.
        side: Pixels of the square.

    Returns:
        uint8 (side, side, 3), RGB.

    Raises:
        ClipError: The image has no pixels, or is over 100 times as long as it is wide.
    """
    width, height = image.size
    shortest = min(width, height)
    if shortest == 0 or max(width, height) > LONGEST_TIMES_SHORTEST * shortest:
        raise ClipError(f"{width} x {height} pixels: no photo, too long and thin")
    width, height = side * width // shortest, side * height // shortest
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = round((width - side) / 2), round((height - side) / 2)
    return np.array(image.crop((left, top, left + side, top + side)).convert("RGB"))


def clip_image_encoder(state: Mapping[str, Tensor]) -> ClipEncoder:
    """Make the image tower that a state dict holds, of the kind and sizes that its shapes tell.

    Only OpenAI's weights mean what they should: some that others trained have the same names and shapes, but
    another activation function.

    Args:
        state: Of a whole CLIP (keys `visual.*`; the others are ignored) or of one of the two networks.
            Float32 tensors are taken over, not copied.

    Returns:
        The network, float32, in eval mode.

    Raises:
        ClipError: A key does not fit; the message names it.
    """
    visual = {key.removeprefix("visual."): value for key, value in state.items() if key.startswith("visual.")}
    state = visual or dict(state)
    with torch.device("meta"):  # no memory for, and no time on, numbers that are about to be replaced
        tower = _resnet(state) if _blocks(state, "layer1.") else _vision_transformer(state)
    _check_keys(state, tower.state_dict())
    floats = {key: value.float() if value.is_floating_point() else value for key, value in state.items()}
    tower.load_state_dict(floats, assign=True)
    return tower.eval()


def _resnet(state: Mapping[str, Tensor]) -> ClipResNet:
    channels = _shape(state, "layer1.0.conv1.weight", 4)[0]
    cells = _shape(state, "attnpool.positional_embedding", 2)[0] - 1
    width = _shape(state, "attnpool.c_proj.weight", 2)[0]
    depths = [_blocks(state, f"layer{stage}.") for stage in (1, 2, 3, 4)]
    _require(channels % 2 == 0, "layer1.0.conv1.weight", "an even number of channels")
    side = RESNET_STRIDE * _grid(cells, "attnpool.positional_embedding")
    return ClipResNet(depths, channels, side, width)


def _vision_transformer(state: Mapping[str, Tensor]) -> ClipVisionTransformer:
    channels, _, _, patch = _shape(state, "conv1.weight", 4)
    cells = _shape(state, "positional_embedding", 2)[0] - 1
    width = _shape(state, "proj", 2)[1]
    depth = _blocks(state, "transformer.resblocks.")
    _require(channels % HEAD_WIDTH == 0, "conv1.weight", f"a multiple of {HEAD_WIDTH} channels")
    side = patch * _grid(cells, "positional_embedding")
    return ClipVisionTransformer(depth, channels, patch, side, width)


def _shape(state: Mapping[str, Tensor], key: str, dimensions: int) -> tuple[int, ...]:
    if key not in state:
        raise ClipError(f"not an image encoder of OpenAI's CLIP: there is no {key}")
    shape = tuple(state[key].shape)
    _require(len(shape) == dimensions and min(shape) > 0, key, f"{dimensions} dimensions, all above 0")
    return shape


def _blocks(state: Mapping[str, Tensor], prefix: str) -> int:
    """The number of blocks that the keys under prefix count."""
    return len({key[len(prefix) :].split(".")[0] for key in state if key.startswith(prefix)})


def _grid(cells: int, key: str) -> int:
    """Rows of a square map."""
    _require(cells > 0 and isqrt(cells) ** 2 == cells, key, "one position more than a square map has cells")
    return isqrt(cells)


def _require(fits: bool, key: str, wanted: str) -> None:
    if not fits:
        raise ClipError(f"not an image encoder of OpenAI's CLIP: {key} has not {wanted}")


def _check_keys(state: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> None:
    # How many batches the statistics are of matters to training only, and conversions drop it.
    missing = {key for key in wanted.keys() - state.keys() if not key.endswith(".num_batches_tracked")}
    for problem, keys in (("there is no", missing), ("there is an unknown", state.keys() - wanted.keys())):
        if keys:
            count = f", the first of {len(keys)} such keys" if len(keys) > 1 else ""
            raise ClipError(f"not an image encoder of OpenAI's CLIP: {problem} {min(keys)}{count}")
    for key, value in state.items():
        shape, right = tuple(value.shape), tuple(wanted[key].shape)
        _require(shape == right, key, f"the shape {right} but {shape}")
        _require(
            value.is_floating_point() == wanted[key].is_floating_point(),
            key,
            f"the right type of numbers: {value.dtype}",
        )
