"""The section `find`: looking for a thing, and guiding the wearer to it."""

from __future__ import annotations

from pydantic import Field, model_validator

from earsight.config.description import Probability
from earsight.config.objects import ThingName
from earsight.config.section import CombinationError, Section
from earsight_bundle import thresholds


class FindSection(Section):
    """Looking for a thing, and guiding to it by ticks and words."""

    favourites: list[ThingName] = Field(
        default=[
            "door",
            "stairs",
            "chair",
            "person",
            "crossing",
            "bench",
            "toilet",
            "bus",
            "cup",
            "cell phone",
        ],
        min_length=1,
        max_length=30,
        description="What the menu offers to look for, by name in any language, what is wanted most first.",
    )
    looks_per_second: float = Field(
        default=8.0,
        ge=0.5,
        le=30,
        description="Looks in a second at most; a board that can't keep up looks less often.",
    )
    probably_above: Probability = Field(
        default=thresholds.FIND_PROBABLY_ABOVE,
        description='Probability from which the thing is said to be there, after "Probably"; without that '
        "word it is from wording.objects_plain_above.",
    )
    maybe_above: Probability = Field(
        default=thresholds.FIND_MAYBE_ABOVE,
        description='Probability from which it is said to be there, after "Not sure, maybe", and from which '
        "ticks lead to it.",
    )
    absent_below: Probability = Field(
        default=thresholds.FIND_ABSENT_BELOW,
        description="Probability below which it is said that the thing is not seen; from there on, that "
        "Earsight can't tell.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> FindSection:
        for higher, lower in (("probably_above", "maybe_above"), ("maybe_above", "absent_below")):
            most = getattr(self, higher)
            if getattr(self, lower) > most:
                raise CombinationError(lower, f"at most {higher}, {most:g}")
        return self
