"""The sections that decide when something is described, and how: narration, quality and wording."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, Section
from earsight_bundle.thresholds import MAYBE_ABOVE, PLAIN_ABOVE, PROBABLY_ABOVE

Probability = Annotated[float, Field(ge=0, le=1)]


class NarrationSection(Section):
    """Speaking without a press when the scene changes."""

    every: Annotated[float, Field(ge=1, le=3600)] | None = Field(
        default=None, description="Seconds between looks; null = only on a press."
    )
    novelty: float = Field(
        default=0.4,
        ge=0,
        le=2,
        description="Cosine distance from the last described scene that counts as a new one.",
    )


class QualitySection(Section):
    """When a picture is said to be unusable instead of being described. Grey levels are 0 to 255."""

    enabled: bool = Field(default=True, description="false describes every picture, however bad.")
    dark: float = Field(
        default=50.0, ge=0, le=255, description="Too dark: the brightest 2 % stay below this grey level."
    )
    overexposed: float = Field(
        default=0.75, ge=0, le=1, description="Too bright: more than this share of the picture is burnt out."
    )
    covered: float = Field(
        default=40.0, ge=0, le=255, description="Covered: darkest and brightest 2 % differ by less than this."
    )
    blurred: float = Field(
        default=20.0, ge=0, le=500, description="Blurred: the sharpest edges have less than this sharpness."
    )


class WordingSection(Section):
    """From which confidence (a calibrated probability) a description is worded how surely."""

    style: Literal["hedged", "careful"] = Field(
        default="hedged",
        description='hedged says what the model says, with its doubt before it ("Probably ..."); careful '
        'says only what is likely of it, in few words ("A person outdoors").',
    )
    plain_above: Probability = Field(
        default=PLAIN_ABOVE, description="From here on the description is said as it is."
    )
    probably_above: Probability = Field(
        default=PROBABLY_ABOVE, description='From here on it begins with "Probably".'
    )
    maybe_above: Probability = Field(
        default=MAYBE_ABOVE,
        description='From here on it begins with "Not sure, maybe"; below, Earsight says it can\'t tell.',
    )
    likely_above: Probability = Field(
        default=0.8, description="How likely a thing has to be for the style careful to name it."
    )

    @model_validator(mode="after")
    def _descending(self) -> WordingSection:
        if self.probably_above > self.plain_above:
            raise CombinationError("probably_above", f"at most plain_above, {self.plain_above:g}")
        if self.maybe_above > self.probably_above:
            raise CombinationError("maybe_above", f"at most probably_above, {self.probably_above:g}")
        return self
