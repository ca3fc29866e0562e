"""What the server answers, as OpenAPI describes it: the JSON of `earsight describe --json`, and sound."""

from __future__ import annotations

from base64 import b64encode
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from earsight.scene import AimingHint, Direction, Problem
from earsight.voice.sound import Sound
from earsight_server.speech import wav

Corners = list[float]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpokenAnswer(_Answer):
    """The answer as sound."""

    type: Literal["audio/wav"] = "audio/wav"
    data: str = Field(description="The file, in base64.", json_schema_extra={"contentEncoding": "base64"})


class FoundObject(_Answer):
    """Something that was found."""

    name: str = Field(description="In Earsight's vocabulary, in English.", examples=["car"])
    confidence: float = Field(ge=0, le=1, description="Calibrated: the probability that it is there.")
    box: Corners | None = Field(
        description="Left, top, right, bottom, as shares of the picture's width and height; null where it is "
        "only known that the picture shows one."
    )
    direction: Direction | None = Field(description="The third of the picture that its middle lies in.")


class LikelyPlace(_Answer):
    """Where the picture was taken, or what the ground is."""

    name: str = Field(examples=["street"])
    confidence: float = Field(ge=0, le=1)


class Answer(_Answer):
    """An answer in words, and as sound if that was asked for."""

    said: str = Field(description="What a wearer would hear.", examples=["A car close ahead."])
    sound: SpokenAnswer | None = Field(default=None, description="If it was asked for.")


class DescribeAnswer(Answer):
    """A photo in words, and what they were made from."""

    abstained: bool = Field(description="Whether that only says that, or why, nothing can be said.")
    caption: str | None = Field(description="The model's best sentence, whether it is said or not.")
    confidence: float | None = Field(ge=0, le=1, description="Of the caption, calibrated.")
    language: str | None = Field(description="Of the caption.")
    problem: Problem | None = Field(description="Why the picture can't be described.")
    objects: list[FoundObject]
    place: LikelyPlace | None
    ground: LikelyPlace | None
    timings_ms: dict[str, float] = Field(description="Of each stage that was run, and of all.")


class FindAnswer(Answer):
    """Where in a photo a thing is."""

    problem: Problem | None = Field(description="Why nothing can be looked for.")
    objects: list[FoundObject] = Field(description="All that may be it, most likely first.")
    timings_ms: dict[str, float]


class AskAnswer(Answer):
    """The answer to a question in words."""

    understood: bool = Field(description="Whether the question is one that can be answered.")
    answer: str | None = Field(
        description="What a model that can be asked anything answers, without its doubt; null where there is "
        "none, it has no answer that may be said, or the detector knows better."
    )
    confidence: float | None = Field(ge=0, le=1, description="Of that answer.")
    problem: Problem | None = Field(description="Why the picture can't be looked at.")
    timings_ms: dict[str, float]


class ReadLine(_Answer):
    """A line of text in the picture."""

    text: str
    box: Corners
    confidence: float = Field(ge=0, le=1, description="Calibrated: that every character is right.")
    language: str | None = Field(description="If it is likely one that Earsight speaks.")
    block: int = Field(ge=0, description="Lines of one sign, paragraph or column share it.")


class ReadAnswer(Answer):
    """The text in a photo."""

    problem: Problem | None = Field(description="Why the picture can't be read.")
    lines: list[ReadLine] = Field(description="In reading order.")
    hints: list[AimingHint] = Field(description="What would make it easier to read.")
    unreadable: bool = Field(description="Whether there is text in a script that no voice here can say.")
    cut_short: bool = Field(description="Whether there was no time to read all of it.")
    timings_ms: dict[str, float]


class SpeakRequest(_Answer):
    """Something to say."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "A car ahead.", "language": "en"}]}
    )

    text: str = Field(min_length=1, max_length=1000, pattern=r"\S", description="One or more sentences.")
    language: Literal["en", "id"] = Field(default="en", description="That the text is in.")


class PublishedCaption(_Answer):
    """What the published page expects of POST /."""

    caption: str
    audio_data: str = Field(description="MP3 in base64.")


class PublishedTranslation(_Answer):
    """What the published page expects of POST /translation."""

    translation: str
    audio_id_data: str = Field(description="MP3 in base64.")


class Health(_Answer):
    """Whether the server answers."""

    status: Literal["ok"] = "ok"


def spoken(sound: Sound) -> SpokenAnswer:
    """A sound as JSON carries it."""
    return SpokenAnswer(type="audio/wav", data=b64encode(wav(sound)).decode())
