"""What computes a network, for people: the log, the doctor, `earsight model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placement:
    """What computes the networks of an engine.

    Attributes:
        parts: By the name of each part, such as "encoder.onnx", what computes it, for people.
        problem: Why that is not what captioner.provider asks for, in one line; None if it is.
    """

    parts: Mapping[str, str]
    problem: str | None = None

    def __str__(self) -> str:
        """Such as "encoder.onnx, decoder.onnx and detector.onnx on CPU"."""
        places = dict.fromkeys(self.parts.values())
        named = [([name for name, at in self.parts.items() if at == place], place) for place in places]
        return "; ".join(f"{_listed(names)} on {place}" for names, place in named)

    def __add__(self, other: Placement) -> Placement:
        """Of both engines together, with the first problem."""
        return Placement({**self.parts, **other.parts}, self.problem or other.problem)


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
