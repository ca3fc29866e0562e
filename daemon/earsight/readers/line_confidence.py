"""How likely it is that every character of a piece of text is right.

A logistic regression on what both networks say of it and on its looks. What patterns pass for text is mostly
large, alone and one or two characters long, and so told from text by the same probability.
"""

from __future__ import annotations

import math

import numpy as np

from earsight.readers.page import Page, Piece

WEIGHTS = {
    "bias": -8.327,
    "lowest": 0.079,
    "all": 0.398,
    "mean": 0.329,
    "weakest": 0.193,
    "height": 0.372,
    "score": 0.369,
    "one": -1.056,
    "two": -2.798,
    "short": -2.542,
    "signs": 3.022,
    "contrast": 0.462,
    "sharpness": 0.152,
    "width": -0.433,
    "share": -0.865,
    "company": 0.174,
}
"""Fitted by scikit-learn (C = 1, on standardised features) on 2,100 pieces of 680 made-up pictures
(benchmarks/text_pictures.py, fonts of the training half, from easy to hopeless), and as wrong ones 630 pieces
that the detector found in 262 photos without text, as they are and enlarged to 960 pixels."""

NAMES = tuple(WEIGHTS)
_WEIGHTS = np.array(list(WEIGHTS.values()))


def confidence(piece: Piece, page: Page) -> float:
    """The probability that every character is right, 0..1; 0 without a letter or digit."""
    if not any(character.isalnum() for character in piece.recognised.text):
        return 0.0
    return float(1 / (1 + np.exp(-features(piece, page) @ _WEIGHTS)))


def features(piece: Piece, page: Page) -> np.ndarray:
    """What the probability is computed from.

    Args:
        piece: With at least one character.
        page: That it belongs to.

    Returns:
        float64 (features,), in the order of WEIGHTS: of the characters, the probability of the least likely
        one, of all together, their mean, and that of the least certain step; height in pixels, the detector's
        score, whether it is one character or two, the inverse of the length, the share of signs, contrast,
        sharpness, how unusually wide or narrow its characters are, the share of the picture's height, and
        how much other text of its size there is.
    """
    recognised, region = piece.recognised, piece.region
    chances = np.clip(recognised.chances.astype(np.float64), 1e-6, 1.0)
    length = recognised.length
    letters = sum(character.isalnum() for character in recognised.text)
    return np.array(
        [
            1.0,
            _log_odds(recognised.lowest),
            _log_odds(float(np.exp(np.log(chances).sum()))),
            _log_odds(recognised.mean),
            _log_odds(recognised.weakest),
            math.log(region.text_height),
            _log_odds(region.score),
            float(length == 1),
            float(length == 2),
            1.0 / length,
            1.0 - letters / length,
            math.log(max(1.0, piece.contrast)),
            piece.sharpness,
            _width_a_character(piece),
            math.log(region.text_height / page.height),
            math.log1p(_company(piece, page)),
        ]
    )


def _log_odds(chance: float) -> float:
    """Of a probability, within -7..7."""
    chance = min(max(chance, 1e-3), 1 - 1e-3)
    return math.log(chance / (1 - chance))


def _width_a_character(piece: Piece) -> float:
    """How far a character is from being half as wide as the line is high, as a logarithm."""
    region = piece.region
    across = max(region.width, region.height) - 2 * region.margin
    return abs(math.log(max(0.05, across / piece.recognised.length / region.text_height / 0.5)))


def _company(piece: Piece, page: Page) -> int:
    """How many characters of about the same height are read elsewhere in the picture, of likely ones."""
    height = piece.region.text_height
    return sum(
        other.recognised.length
        for other in page.pieces
        if other is not piece and other.recognised.mean > 0.8 and 0.5 < other.region.text_height / height < 2
    )
