"""The sections that decide when something is described, and how: narration, quality and wording."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, Section
from earsight_bundle.thresholds import MAYBE_ABOVE, PLAIN_ABOVE, PROBABLY_ABOVE

Probability = Annotated[float, Field(ge=0, le=1)]


class NarrationSection(Section):
    """Describing a changed scene without a press."""

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
    """When a picture counts as unusable and is not described. Grey levels run from 0 to 255."""

    enabled: bool = Field(
        default=True,
        description="Whether pictures are judged; false = every picture is described, however bad.",
    )
    dark: float = Field(
        default=50.0,
        ge=0,
        le=255,
        description="Too dark: the brightest 2 % of the pixels stay below this grey level.",
    )
    overexposed: float = Field(
        default=0.75, ge=0, le=1, description="Too bright: more than this share of the pixels is burnt out."
    )
    covered: float = Field(
        default=40.0,
        ge=0,
        le=255,
        description="Covered, or one plain surface: the darkest and the brightest 2 % of the pixels differ "
        "by fewer grey levels than this.",
    )
    blurred: float = Field(
        default=20.0,
        ge=0,
        le=500,
        description="Blurred: the sharpest edges have less than this sharpness, in grey levels.",
    )


class WordingSection(Section):
    """How descriptions are worded, by their confidence: the calibrated probability that they are right."""

    style: Literal["hedged", "careful"] = Field(
        default="hedged",
        description="hedged says the model's caption, after a word of doubt if there is any "
        '("Probably ..."); careful says only what is likely, in a few words ("A person outdoors"). '
        "In Indonesian both say only things.",
    )
    plain_above: Probability = Field(
        default=PLAIN_ABOVE,
        description="Confidence from which a description is said without a word of doubt.",
    )
    probably_above: Probability = Field(
        default=PROBABLY_ABOVE, description='Confidence from which it begins with "Probably".'
    )
    maybe_above: Probability = Field(
        default=MAYBE_ABOVE,
        description='Confidence from which it begins with "Not sure, maybe"; below that, Earsight says '
        "that it can't tell.",
    )
    likely_above: Probability = Field(
        default=0.8, description="Probability from which the style careful names a thing."
    )

    @model_validator(mode="after")
    def _descending(self) -> WordingSection:
        if self.probably_above > self.plain_above:
            raise CombinationError("probably_above", f"at most plain_above, {self.plain_above:g}")
        if self.maybe_above > self.probably_above:
            raise CombinationError("maybe_above", f"at most probably_above, {self.probably_above:g}")
        return self
