"""The inputs and outputs of a bundle's graphs, by name. docs/bundle.md has their types and shapes."""

from __future__ import annotations

from typing import Final

# The encoder's.
PIXELS: Final = "pixels"
PREFIX: Final = "prefix"
EMBEDDING: Final = "embedding"

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
