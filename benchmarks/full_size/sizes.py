"""How large the networks are, and what a caption is."""

from __future__ import annotations

from dataclasses import dataclass

STOP = 13
"""GPT-2's full stop, which ends a caption. No search may find it here: see weights.unending()."""


@dataclass(frozen=True)
class Sizes:
    """Sizes of the published captioner.

    Attributes:
        name: Of these sizes.
        clip: A name of tests/training/clip_models.py.
        embedding: Numbers of CLIP's embedding.
        vocabulary: Tokens of GPT-2.
        width: Of GPT-2.
        layers: Of GPT-2.
        positions: Of GPT-2.
        prefix: Vectors of the prefix.
        mapper_layers: Of the mapper.
        beams: Width of the search.
        tokens: Of every caption, exactly.
        head_width: Numbers of an attention head.
    """

    name: str
    clip: str
    embedding: int
    vocabulary: int
    width: int
    layers: int
    positions: int
    prefix: int
    mapper_layers: int
    beams: int = 7
    tokens: int = 14
    head_width: int = 64

    @property
    def heads(self) -> int:
        """Attention heads of GPT-2."""
        return self.width // self.head_width


FULL = Sizes(
    name="full",
    clip="RN50x4",
    embedding=640,
    vocabulary=50_257,
    width=768,
    layers=12,
    positions=1024,
    prefix=40,
    mapper_layers=8,
)
TINY = Sizes(
    name="tiny",
    clip="small resnet",
    embedding=24,
    vocabulary=300,
    width=64,
    layers=2,
    positions=64,
    prefix=4,
    mapper_layers=2,
    tokens=6,
)
"""For the tests: everything is there, and takes a moment."""

BY_NAME = {sizes.name: sizes for sizes in (FULL, TINY)}
