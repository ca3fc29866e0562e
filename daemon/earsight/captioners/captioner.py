"""The contract of a captioner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np

from earsight.errors import EarsightError
from earsight.message import message
from earsight.scene import Caption

_Prepared = TypeVar("_Prepared")
_Prefix = TypeVar("_Prefix")


class CaptionerError(EarsightError):
    """A captioner that can't be had, or that can't caption: its model is missing, damaged or does not fit."""

    spoken = message("error.captioner")


@dataclass(frozen=True, slots=True)
class Encoding(Generic[_Prefix]):
    """What the encoder makes of a frame: all that decoding and novelty need of it.

    Attributes:
        prefix: What the captioner's decoder starts from; only this captioner knows its type.
        embedding: float32 (width,), of unit length; comparable only with those of the same captioner.
    """

    prefix: _Prefix
    embedding: np.ndarray


class Captioner(Protocol[_Prepared, _Prefix]):
    """Pixels to captions, in three steps that are timed and skipped apart. Not for two threads at once.

    What one step hands to the next is the captioner's own business; only the embedding and the captions mean
    the same for all. Any step raises CaptionerError.
    """

    def prepare(self, pixels: np.ndarray) -> _Prepared:
        """A picture, uint8 (height, width, 3), RGB, as the encoder's input."""

    def encode(self, prepared: _Prepared) -> Encoding[_Prefix]:
        """What the picture shows, as numbers; enough to know whether the scene is new."""

    def describe(self, encoding: Encoding[_Prefix]) -> list[Caption]:
        """Captions, best first: at least one, each text once."""

    def warm_up(self) -> None:
        """Caption some picture, so that the first press finds memory and threads ready."""
