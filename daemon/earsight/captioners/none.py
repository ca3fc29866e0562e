"""No captioner: for what only reads text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from earsight.captioners.captioner import Encoding, Support, never, unsupported
from earsight.errors import CaptionerError
from earsight.inference.placement import Placement
from earsight.scene import Caption


class NoCaptioner:
    """Describes nothing, and says so."""

    languages = ("en",)
    placement = Placement({})

    def prepare(self, _pixels: np.ndarray) -> np.ndarray:
        raise CaptionerError("there is no captioner")

    def encode(self, _prepared: np.ndarray) -> Encoding[None]:
        raise CaptionerError("there is no captioner")

    def describe(
        self,
        _encoding: Encoding[None],
        _cancelled: Callable[[], bool] = never,
        _support: Support = unsupported,
        _language: str | None = None,
    ) -> list[Caption]:
        raise CaptionerError("there is no captioner")

    def warm_up(self) -> None:
        pass
