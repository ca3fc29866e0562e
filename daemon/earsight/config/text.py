"""The section `text`: reading text in pictures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from earsight.config.section import Section


class TextSection(Section):
    """Reading text: signs, labels, pages, screens."""

    engine: Literal["auto", "rapidocr", "none"] = Field(
        default="auto",
        description="What reads. rapidocr is the package of that name; auto is rapidocr where it is "
        "installed; none = text is not read.",
    )
    keep_loaded: float = Field(
        default=120.0,
        ge=0,
        le=86400,
        description="Seconds without reading after which its memory, some 200 MB, is freed. It is loaded "
        "again at the next use, which takes half a second.",
    )
