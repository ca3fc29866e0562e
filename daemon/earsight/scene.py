"""The words of the program: what is seen, what is thought of it, what is said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    pixels: uint8 (height, width, 3), RGB, upright. captured_at: seconds on time.monotonic().
    """

    pixels: np.ndarray
    captured_at: float


@dataclass(frozen=True, slots=True)
class Caption:
    """What the captioner says of a picture.

    text: without a final full stop. confidence: 0..1, calibrated: the probability that every thing that
    the text names is really in the picture.
    """

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the encoder makes of a frame: all that decoding and novelty need of it.

    prefix: float32 (tokens, width), the decoder's input. embedding: float32 (width,), of unit length.
    """

    prefix: np.ndarray
    embedding: np.ndarray
