"""The section voice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, FilePath, Section

Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([_+-][A-Za-z0-9]{1,16}){0,4}$", examples=["en-gb"])]
SoundDevice = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:=,+@/ -]{0,199}$", examples=["plughw:CARD=Headphones"])
]


class VoiceSection(Section):
    """How Earsight speaks, and where the sound goes."""

    engine: Literal["auto", "espeak", "pyttsx3", "piper"] = Field(
        default="auto", description="Speech engine; auto takes the first that is installed."
    )
    language: Language = Field(default="en", description="Language or voice of the engine.")
    rate: int = Field(default=175, ge=80, le=450, description="Words a minute.")
    volume: float = Field(default=1.0, ge=0, le=1, description="Loudness, from 0 (silent) to 1.")
    piper_model: FilePath | None = Field(
        default=None, description="The .onnx file of a Piper voice; needed by the engine piper."
    )
    player: Literal["auto", "alsa", "wav"] = Field(
        default="auto",
        description="Sound output; auto is the sound device, also one that comes later; without one a "
        "service stays silent, and at a terminal a WAV file takes the words.",
    )
    device: SoundDevice = Field(default="default", description="ALSA device; `aplay -L` lists them.")
    wav_file: FilePath | None = Field(
        default=None,
        description="File of the wav player; null = earsight.wav in the folder it was started in.",
    )
    lead_in: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="Seconds of silence before speech, for outputs that swallow its beginning.",
    )
    earcons: bool = Field(default=True, description="A short tone at once when a press is noticed.")

    @model_validator(mode="after")
    def _complete(self) -> VoiceSection:
        if self.engine == "piper" and self.piper_model is None:
            raise CombinationError("piper_model", "the .onnx file of a voice, since engine is piper")
        return self
