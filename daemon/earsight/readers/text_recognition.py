"""What a line of text says: from a slanted box to characters, each with its probability.

The recogniser is PP-OCR's, trained with connectionist temporal classification (Graves et al., 2006): for each
step from left to right it has the probability of every character, and of none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np

from earsight.readers.scripts import can_be_said, is_foreign
from earsight.readers.text_regions import Region

HEIGHT = 48
"""Pixels of a line, as the recogniser was trained."""

_NARROWEST, _WIDEST = 64, 3200
_BLANK = 0
_MOSTLY_FOREIGN = 0.5
_MIXED = 0.9


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the recogniser sees in a box.

    Attributes:
        text: As it was recognised; where most letters can be said, none that can't is among them.
        chances: float32 (characters,): the probability of each character, 0..1.
        weakest: The lowest probability of any step's first choice, 0..1, also where that is no character.
        foreign: Share of the letters, 0..1, that the recogniser took for those of a script that can't be
            said, such as Chinese.
        mixed: Whether such letters surely stand beside those of the text.
    """

    text: str = ""
    chances: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    weakest: float = 0.0
    foreign: float = 0.0
    mixed: bool = False

    @property
    def length(self) -> int:
        """Characters without the spaces around them."""
        return len(self.text.strip())

    @property
    def mean(self) -> float:
        """Mean probability of the characters, 0..1; 0 without any."""
        return float(self.chances.mean()) if len(self.chances) else 0.0

    @property
    def lowest(self) -> float:
        """Probability of the least likely character, 0..1; 0 without any."""
        return float(self.chances.min()) if len(self.chances) else 0.0

    @property
    def is_foreign(self) -> bool:
        """Whether most of it is in a script that can't be said."""
        return self.foreign > _MOSTLY_FOREIGN


def cut_out(pixels: np.ndarray, region: Region) -> np.ndarray:
    """Straighten a box.

    Args:
        pixels: uint8 (height, width, 3), RGB: the picture.
        region: Of it.

    Returns:
        uint8 (48, width, 3), RGB; text that runs down or up is turned to run across.
    """
    corners, across, down = region.corners, region.width, region.height
    if region.is_vertical:
        # Its upper right corner becomes the upper left one: turned by a quarter, anticlockwise.
        corners, across, down = np.roll(corners, -1, axis=0), down, across
    # Shrinking by more than half would skip pixels: the straightened box is made larger, then averaged.
    whole = max(1, int(down // HEIGHT))
    height = HEIGHT * whole
    width = int(np.clip(round(across / max(1.0, down) * height), 1, _WIDEST * whole))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    line = cv2.warpPerspective(
        pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if whole == 1:
        return line
    return cv2.resize(line, (max(1, width // whole), HEIGHT), interpolation=cv2.INTER_AREA)


def recogniser_input(line: np.ndarray) -> np.ndarray:
    """Prepare a line for the recogniser.

    Args:
        line: uint8 (48, width, 3), RGB.

    Returns:
        float32 (1, 3, 48, width), BGR, -1..1; a short line has grey to its right.
    """
    blob = cv2.dnn.blobFromImage(line, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
    missing = _NARROWEST - blob.shape[3]
    return np.pad(blob, ((0, 0), (0, 0), (0, 0), (0, missing))) if missing > 0 else blob


class Alphabet:
    """The characters of the recogniser."""

    def __init__(self, characters: Sequence[str]) -> None:
        """Takes them as the network's file lists them, without blank and space, which are first and last."""
        self._characters = ["", *characters, " "]

    @cached_property
    def _sayable(self) -> np.ndarray:
        """Numbers of the blank and of all characters that can be said."""
        sayable = (n for n, each in enumerate(self._characters) if n and can_be_said(each))
        return np.array([_BLANK, *sayable])

    def decode(self, chances: np.ndarray) -> Recognised:
        """Take the most likely character of each step.

        Args:
            chances: float32 (steps, characters): the probability of each character, and of none (the first).
        """
        best = chances.argmax(1)
        foreign, mixed = _share_foreign(self._once_a_run(best)), False
        likelihood = chances.max(1)
        if 0 < foreign <= _MOSTLY_FOREIGN:
            odd = np.array([is_foreign(self._characters[n]) for n in best])
            if mixed := len(set(best[odd].tolist())) > 1 and float(likelihood[odd].mean()) > _MIXED:
                best[odd] = _BLANK  # both scripts side by side: what can be said is read
            else:  # a mistake: its place has the likeliest other character
                restricted = chances[odd][:, self._sayable]
                best[odd] = self._sayable[restricted.argmax(1)]
                likelihood[odd] = restricted.max(1)
        starts = np.flatnonzero(np.diff(best, prepend=-1))
        peaks = np.maximum.reduceat(likelihood, starts)
        kept = best[starts] != _BLANK
        text, of_text = "", []
        for number, peak in zip(best[starts][kept], peaks[kept], strict=True):
            plain = _plain(self._characters[number])
            text += plain
            of_text += [peak] * len(plain)
        return Recognised(text, np.array(of_text, np.float32), float(peaks.min()), foreign, mixed)

    def _once_a_run(self, best: np.ndarray) -> list[str]:
        """The characters, each once a run, without blanks."""
        first = best[np.flatnonzero(np.diff(best, prepend=-1))]
        return [self._characters[number] for number in first if number != _BLANK]


def _plain(character: str) -> str:
    """Without typographic variants; but "3½" must not become "31⁄2"."""
    is_fraction = unicodedata.decomposition(character).startswith("<fraction>")
    return character if is_fraction else unicodedata.normalize("NFKC", character)


def _share_foreign(characters: Sequence[str]) -> float:
    letters = [each for each in characters if each.isalpha() or is_foreign(each)]
    return sum(map(is_foreign, letters)) / len(letters) if letters else 0.0
