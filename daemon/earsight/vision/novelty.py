"""Is this scene new to the wearer?"""

from __future__ import annotations

import numpy as np


def cosine_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Of two embeddings of unit length, float (width,): 0 for the same, 1 for unrelated, at most 2."""
    return float(1.0 - np.dot(one, other))
