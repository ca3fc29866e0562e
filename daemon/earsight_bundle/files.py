"""The files of a bundle, by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Capability = Literal["caption", "objects", "place"]
"""What a model can do: caption a picture, find objects in it, tell the place that it shows."""

MANIFEST = "manifest.json"
ENCODER = "encoder.onnx"
"""Pixels to the decoder's prefix and an embedding."""
DECODER = "decoder.onnx"
"""One step of decoding."""
DETECTOR = "detector.onnx"
"""Pixels to objects: scores and bounding boxes. Of bundles with the capability `objects`."""
PLACE = "place.onnx"
"""The encoder's cells to the place and the ground. Of bundles with the capability `place`."""
TOKENS = "tokens.npy"
"""Float (vocabulary, width): the vectors by which the decoder reads tokens."""
TOKENIZER = "tokenizer.json"
"""The vocabulary, as the tokenizers library saves it."""
SCENES = "scenes.npy"
"""Float (scenes, width): embeddings, of unit length, of the kinds of scenes that the model was trained on."""
PROBE = "probe.npy"
"""Float32 (width + 1,): weights and bias of a linear probe from the embedding to the log-odds that the image
is informative, that is, that it shows something to describe."""
TRAINED_ON = "trained_on.npy"
"""Uint8 (photos, 16): fingerprints of the photos that the model was trained on, so that it is not judged by
them. The daemon does not read it."""
MODEL_CARD = "MODEL_CARD.md"
"""For people: data, terms, figures, limits."""

FILES: Mapping[Capability, frozenset[str]] = {
    "caption": frozenset({ENCODER, DECODER, TOKENS, TOKENIZER}),
    "objects": frozenset({DETECTOR}),
    "place": frozenset({PLACE}),
}
"""The files, beside the manifest, that a bundle needs for each capability, and no other bundle has."""


OF_A_LANGUAGE = (DECODER, TOKENS, TOKENIZER)
"""What a bundle has once more for each further language that it captions in."""


def in_language(name: str, language: str) -> str:
    """Return the name that one of OF_A_LANGUAGE has for a further language: decoder.id.onnx.

    Args:
        name: For the first language.
        language: Code.
    """
    path = Path(name)
    return f"{path.stem}.{language}{path.suffix}"


def other_encoder(precision: str) -> str:
    """Return the file name of the same encoder in another precision."""
    return f"{Path(ENCODER).stem}.{precision}{Path(ENCODER).suffix}"


def is_encoder(name: str) -> bool:
    """Tell whether a file is the encoder, in whatever precision."""
    return name.startswith("encoder.") and name.endswith(".onnx")


def weights_of(graph: str) -> str:
    """Return the file name that training gives to the weights of a graph."""
    return str(Path(graph).with_suffix(".weights"))


def is_plain_file_name(name: str) -> bool:
    """Tell whether a name can be that of a bundle's file: directly in its folder, visible and printable."""
    return bool(name) and Path(name).name == name and not name.startswith(".") and name.isprintable()
