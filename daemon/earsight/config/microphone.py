"""The section `microphone`: where voice commands are heard, if anywhere."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from earsight.config.section import CombinationError, FilePath, Section
from earsight.config.voice import SoundDevice


class MicrophoneSection(Section):
    """Where voice commands are heard. They are in English, and nothing of them is kept."""

    source: Literal["none", "alsa", "wav"] = Field(
        default="none",
        description="none = there are no voice commands; alsa = a microphone; wav = a recording instead, "
        "to try them without a microphone.",
    )
    device: SoundDevice = Field(
        default="default", description="ALSA device of the source alsa; `arecord -L` lists them."
    )
    wav_file: FilePath | None = Field(
        default=None, description="File of the source wav: 16-bit and mono, heard each time anew."
    )
    longest: float = Field(
        default=8.0, ge=2, le=15, description="Seconds after which listening ends, whoever still speaks."
    )

    @model_validator(mode="after")
    def _has_its_file(self) -> MicrophoneSection:
        if self.source == "wav" and self.wav_file is None:
            raise CombinationError("wav_file", "a file, since source is wav")
        return self
