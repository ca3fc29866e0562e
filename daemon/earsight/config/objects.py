"""The section `objects`: what is looked for in pictures beside captions, and how it is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from earsight.config.section import FilePath, Section


class ObjectsSection(Section):
    """Things, places and the ground, beside the caption."""

    enabled: bool = Field(
        default=True,
        description="Whether things and places are looked for; false = only captions, which is quicker.",
    )
    bundle: Annotated[Literal["builtin"] | FilePath, Field(union_mode="left_to_right")] | None = Field(
        default=None,
        description="Model bundle whose detector finds the things, beside any captioner: builtin, or its "
        "folder; null = the captioner's own, or else the built-in one.",
    )
    directions: Literal["thirds", "clock", "none"] = Field(
        default="thirds",
        description="thirds = on the left, ahead, on the right; clock = from 10 o'clock at the left edge of "
        "the picture to 2 o'clock at the right one; none = without directions.",
    )
