"""How large the networks are, and what a caption is."""

from __future__ import annotations

from dataclasses import dataclass

STOP = 13
"""GPT-2's full stop, which ends a caption. No search may find it here: see weights.unending()."""


@dataclass(frozen=True)
class Sizes:
    """Of the published captioner. clip: a name of tests/training/clip_models.py, with the numbers of its
    embedding. positions: of GPT-2. tokens: of every caption, exactly."""

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
