"""Made-up boards for the doctor: broken parts are configured, not mocked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from earsight.config.schema import Config
from earsight.doctor.finding import Finding, Status


def config(**sections: dict) -> Config:
    return Config.model_validate(sections)


def photo(folder: Path, level: int | None = None) -> Path:
    """A picture full of edges, or of one grey level."""
    pixels = np.random.default_rng(1).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    if level is not None:
        pixels[:] = level
    path = folder / "photo.png"
    Image.fromarray(pixels.repeat(8, axis=0).repeat(8, axis=1)).save(path)
    return path


def found(
    name: str, status: Status = Status.FAILURE, detail: str = "it is broken", advice: str = ""
) -> Finding:
    return Finding(name, status, detail, advice)
