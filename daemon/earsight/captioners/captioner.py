"""The contract of a captioner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import numpy as np

from earsight.inference.placement import Placement
from earsight.scene import Caption

_Prepared = TypeVar("_Prepared")
_Prefix = TypeVar("_Prefix")


class DecodingCancelledError(Exception):
    """Whoever wanted the captions no longer does."""


def never() -> bool:
    """For a decoding that nobody cancels."""
    return False


Support = Callable[[str, str], float]
"""From a caption's text and the code of its language to the feature `support` of its confidence: how far a
detector agrees with what the text names. See docs/bundle.md."""


def unsupported(_text: str, _language: str) -> float:
    """For captions of a picture in which nothing else has looked for what they name."""
    return 0.0


@dataclass(frozen=True, slots=True)
class Encoding(Generic[_Prefix]):
    """The encoder's output for one picture: all that decoding and the check for novelty need.

    Attributes:
        prefix: What the captioner's decoder starts from; only this captioner knows its type.
        embedding: float32 (width,), of unit length; comparable only with those of the same captioner.
        cells: float32 (1, cells, channels), what the encoder sees in each cell of the picture, for the place
            head of its bundle; None where there is none.
    """

    prefix: _Prefix
    embedding: np.ndarray
    cells: np.ndarray | None = None


class Captioner(Protocol[_Prepared, _Prefix]):
    """Pixels to captions, in three steps that can be timed and left out one by one.

    Not for two threads at once. What one step hands to the next is the captioner's own business; only the
    embedding and the captions mean the same for all. Any step raises CaptionerError.
    """

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages that it captions in, at least one; the first unless another is wanted."""

    def prepare(self, pixels: np.ndarray) -> _Prepared:
        """Turn a picture into the encoder's input.

        Args:
            pixels: uint8 (height, width, 3), RGB.
        """

    def encode(self, prepared: _Prepared) -> Encoding[_Prefix]:
        """Compute what the picture shows, as numbers; enough to know whether the scene is new.

        Args:
            prepared: What prepare() returned.
        """

    def describe(
        self,
        encoding: Encoding[_Prefix],
        cancelled: Callable[[], bool] = never,
        support: Support = unsupported,
        language: str | None = None,
    ) -> list[Caption]:
        """Decode captions.

        Args:
            encoding: What encode() returned.
            cancelled: Asked at every token; True ends the decoding.
            support: How far a detector agrees with what a caption names.
            language: One of its languages; None: the first.

        Returns:
            Captions, best first: at least one, each text once.

        Raises:
            DecodingCancelledError: `cancelled` said so.
        """

    @property
    def placement(self) -> Placement:
        """What computes it."""

    def warm_up(self) -> None:
        """Caption some picture, so that the first press finds memory and threads ready."""


@runtime_checkable
class Dependent(Protocol):
    """What a captioner has beside the others if it asks another machine."""

    @property
    def on_its_own(self) -> str | None:
        """Why that machine is not asked at present, for a screen; None if it is. For any thread."""


@runtime_checkable
class Answering(Protocol):
    """What a captioner has beside the others if it can be asked anything about a picture."""

    def answer(
        self,
        encoding: Encoding[Any],
        question: str,
        cancelled: Callable[[], bool] = never,
        support: Support = unsupported,
        language: str | None = None,
    ) -> Caption | None:
        """Answer a question in words.

        Args:
            encoding: What encode() returned.
            question: In any language.
            cancelled: Asked all the time; True ends the work.
            support: How far a detector agrees with what the answer names.
            language: Of the answer; None, or one that it can't answer in: the first.

        Returns:
            The answer, if there is one that may be said, and how sure it is.

        Raises:
            DecodingCancelledError: `cancelled` said so.
        """
