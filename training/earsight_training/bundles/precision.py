"""What a bundle is made for. Apart from what writes it, so that a help text need not wait for torch."""

from __future__ import annotations

from typing import Literal

Precision = Literal["float32", "int8", "float16"]
"""Exactness, small memory on a CPU, GPUs."""
