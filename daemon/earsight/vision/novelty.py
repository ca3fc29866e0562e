"""Is this scene new to the wearer?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def cosine_distance(one: np.ndarray, other: np.ndarray) -> float:
    """How far apart two embeddings are.

    Args:
        one: float (width,), of unit length.
        other: The same, from the same captioner.

    Returns:
        0 for the same direction, 1 for unrelated ones, at most 2.
    """
    return float(1.0 - np.dot(one, other))


@dataclass(frozen=True, slots=True)
class KnownScene:
    """A scene that the wearer knows, and how different another one must be to count as new.

    Attributes:
        embedding: float32 (width,), of unit length.
        threshold: Cosine distance, 0..2; a scene at this distance or farther is new.
    """

    embedding: np.ndarray
    threshold: float

    def includes(self, embedding: np.ndarray) -> bool:
        """Whether a scene with this embedding is the known one, not a new one."""
        return cosine_distance(embedding, self.embedding) < self.threshold
