"""Earsight's own captioner, as its service runs it. Nothing here may import torch: its memory is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.full_size.system import Found, Stages
from earsight.bundles.bundle import open_bundle
from earsight.captioners.onnx import OnnxCaptioner
from earsight.inference.providers import PROCESSOR


class Ours:
    """Earsight's captioner on the CPU.

    Attributes:
        parameters: None: they are in graphs.
    """

    parameters: int | None = None

    def __init__(
        self,
        bundle: Path,
        threads: int,
        beams: int | None = None,
        tokens: int | None = None,
        no_repeat: int | None = None,
    ) -> None:
        """Load a bundle.

        Args:
            bundle: Its folder.
            threads: Of ONNX Runtime.
            beams: Width of the search; None takes the bundle's.
            tokens: Of a caption at most; None takes the bundle's.
            no_repeat: As OnnxCaptioner has it; None takes the bundle's.
        """
        self._captioner = OnnxCaptioner(
            open_bundle(bundle),
            threads,
            beams=beams,
            max_tokens=tokens,
            time_limit=float("inf"),
            provider=PROCESSOR,
            no_repeat=no_repeat,
        )

    def caption(self, pixels: np.ndarray, stages: Stages) -> tuple[int, ...]:
        """Caption an image: see System."""
        with stages.stage("encode"):
            encoding = self._captioner.encode(self._captioner.prepare(pixels))
        with stages.stage("decode"):
            return self._captioner.search(encoding.prefix)[0].tokens

    def search(self, prefix: np.ndarray) -> Found:
        """Search after a prefix, float32 (prefix length, width)."""
        return [(hypothesis.tokens, hypothesis.score) for hypothesis in self._captioner.search(prefix)]
