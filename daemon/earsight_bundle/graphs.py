"""The inputs and outputs of a bundle's graphs, by name. docs/bundle.md has their types and shapes."""

from __future__ import annotations

from typing import Final

# The encoder's.
PIXELS: Final = "pixels"
PREFIX: Final = "prefix"
EMBEDDING: Final = "embedding"
CELLS: Final = "cells"
"""Only of bundles with the capability `place`: what the encoder sees in each cell of the picture."""

# The detector's. Its input is PIXELS, like the encoder's, in a size of its own.
SCORES: Final = "scores"
BOXES: Final = "boxes"

# The place head's. Its input is CELLS.
PLACES: Final = "places"
GROUNDS: Final = "grounds"
PRESENCE: Final = "presence"

# The decoder's.
VECTORS: Final = "vectors"
POSITIONS: Final = "positions"
MASK: Final = "mask"
ASKED: Final = "asked"
K: Final = "k"
LOG_PROBS: Final = "log_probs"
IDS: Final = "ids"


def keys_output(layer: int) -> str:
    """Return the decoder's output for the keys of a layer, counted from 0."""
    return f"keys_{layer}"


def values_output(layer: int) -> str:
    """Return the decoder's output for the values of a layer, counted from 0."""
    return f"values_{layer}"


def cache_outputs(layers: int) -> list[str]:
    """Return the decoder's outputs that are kept for later steps, in the order of the graph."""
    return [name(layer) for layer in range(layers) for name in (keys_output, values_output)]


def is_cache_output(name: str) -> bool:
    """Tell whether an output of the decoder is one that is kept for later steps."""
    return name.startswith(("keys_", "values_"))


def cache_input(output: str) -> str:
    """Return the decoder's input that takes what such an output gave in earlier steps."""
    return f"past_{output}"
