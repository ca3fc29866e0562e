"""The sections that decide when something is described, and how: narration, quality and wording."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, Section
from earsight_bundle import thresholds

Probability = Annotated[float, Field(ge=0, le=1)]


class NarrationSection(Section):
    """Telling what changes without a press, and describing what is new."""

    every: Annotated[float, Field(ge=1, le=3600)] | None = Field(
        default=None, description="Seconds between looks; null = only on a press."
    )
    novelty: float = Field(
        default=0.4,
        ge=0,
        le=2,
        description="Cosine distance from the last described scene that counts as a new one.",
    )
    words_per_minute: int = Field(
        default=30,
        ge=20,
        le=200,
        description="Words that are said in a minute at most; what matters less waits, or is left out.",
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
    """How descriptions are worded, by the calibrated probability that they are right."""

    style: Literal["hedged", "careful"] = Field(
        default="hedged",
        description="hedged says what is probable as well, after a word of doubt, and the model's caption; "
        'careful says only what is likely, in a few words ("A person outdoors").',
    )
    words: int = Field(
        default=thresholds.SHORT_WORDS,
        ge=12,
        le=40,
        description="Words of a short description at most: what matters less is left out.",
    )
    objects_plain_above: Probability = Field(
        default=thresholds.OBJECT_PLAIN_ABOVE,
        description="Probability from which a thing that was found is said without a word of doubt.",
    )
    objects_above: Probability = Field(
        default=thresholds.OBJECTS_ABOVE,
        description='Probability from which it is said in a short description, after "Probably".',
    )
    walking_above: Probability = Field(
        default=thresholds.WALKING_ABOVE,
        description="The same, for doors, stairs, crossings, tactile paving, puddles, potholes and manholes; "
        'below probably_above after "Not sure, maybe".',
    )
    objects_maybe_above: Probability = Field(
        default=thresholds.OBJECT_MAYBE_ABOVE,
        description='Probability from which it is said in a detailed description, after "Not sure".',
    )
    place_above: Probability = Field(
        default=thresholds.PLACE_ABOVE,
        description="Probability from which the place and the ground are said.",
    )
    caption_above: Probability = Field(
        default=thresholds.CAPTION_ABOVE,
        description="Confidence from which a caption is said beside the things that were found; 1 = hardly "
        "ever.",
    )
    presence_above: Annotated[float, Field(ge=thresholds.LEAST_PRESENCE, le=1)] = Field(
        default=thresholds.PRESENCE_ABOVE,
        description="Probability that persons, animals or vehicles are there from which a caption may name "
        "them without a word of doubt.",
    )
    plain_above: Probability = Field(
        default=thresholds.PLAIN_ABOVE,
        description="Confidence from which a caption is said without a word of doubt.",
    )
    probably_above: Probability = Field(
        default=thresholds.PROBABLY_ABOVE, description='Confidence from which it begins with "Probably".'
    )
    maybe_above: Probability = Field(
        default=thresholds.MAYBE_ABOVE,
        description='Confidence from which it begins with "Not sure, maybe"; below that, Earsight says '
        "that it can't tell.",
    )
    likely_above: Probability = Field(
        default=thresholds.LIKELY_ABOVE, description="Probability from which the style careful names a thing."
    )

    @model_validator(mode="after")
    def _descending(self) -> WordingSection:
        for higher, lower in (
            ("plain_above", "probably_above"),
            ("probably_above", "maybe_above"),
            ("objects_plain_above", "objects_above"),
            ("objects_above", "objects_maybe_above"),
        ):
            most = getattr(self, higher)
            if getattr(self, lower) > most:
                raise CombinationError(lower, f"at most {higher}, {most:g}")
        return self
