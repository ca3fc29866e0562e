"""The words of the program: what is seen, what is thought of it, what is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

import numpy as np

_Prefix = TypeVar("_Prefix")


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
    the text names is really in the picture. mean_log_prob, lowest_log_prob: of the caption's tokens, at
    most 0. evidence: what else the confidence is worked out from, by name.
    """

    text: str
    confidence: float
    mean_log_prob: float
    lowest_log_prob: float
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encoding(Generic[_Prefix]):
    """What the encoder makes of a frame: all that decoding and novelty need of it.

    prefix: what the captioner's decoder goes on from, of a kind that only this captioner knows.
    embedding: float32 (width,), of unit length; other captioners' embeddings are not to be compared with it.
    """

    prefix: _Prefix
    embedding: np.ndarray


class Priority(IntEnum):
    """What is said first, and what may interrupt what.

    NARRATION: said unasked, of a changed scene. NOTICE: the state of Earsight itself, such as a lost
    camera. ANSWER: asked for by a press or a command; it interrupts the other two and an older answer.
    """

    NARRATION = 0
    NOTICE = 1
    ANSWER = 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to say.

    expires_at: seconds on time.monotonic(); what could not begin by then is no longer true and is dropped.
    """

    text: str
    priority: Priority
    expires_at: float = math.inf
