"""The section `objects`: what is looked for in pictures beside captions, and how it is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from earsight.config.section import FilePath, Section
from earsight.language.names import things_named


def _known(word: str) -> str:
    things_named(word)
    return word


ThingName = Annotated[str, AfterValidator(_known), Field(max_length=64, examples=["stairs"])]


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
    names: list[ThingName] | None = Field(
        default=None,
        description="Which things count, by name in any language; those of a kind count with it, as every "
        "dog with animal. What is not listed is never said to be there, and is still used to judge captions. "
        "null = all that the detector knows.",
    )
    directions: Literal["thirds", "clock", "none"] = Field(
        default="thirds",
        description="thirds = on the left, ahead, on the right; clock = from 10 o'clock at the left edge of "
        "the picture to 2 o'clock at the right one; none = without directions.",
    )
