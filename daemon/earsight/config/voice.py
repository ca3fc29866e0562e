"""The section `voice`: one class for each speech engine; the key `engine` chooses between them.

A new engine is a class here, an entry in AnyVoice, a module in earsight/voice, and an entry in its registry.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field, Tag

from earsight.config.section import CombinationError, FilePath, Section, chosen_by

VoiceTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([_+-][A-Za-z0-9]{1,16}){0,4}$", examples=["en-gb"])]
SoundDevice = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:=,+@/ -]{0,199}$", examples=["plughw:CARD=Headphones"])
]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$", examples=["en"])]
PiperModels = FilePath | dict[LanguageCode, FilePath]

_ENGINE = "Speech engine. auto is Piper if piper_model is set and Piper works, and eSpeak NG otherwise."
_PIPER_MODEL = "The .onnx file of a Piper voice, or one for each language: {en: FILE, id: FILE}."


class VoiceSection(Section):
    """How Earsight speaks, and where the sound goes."""

    languages: ClassVar[frozenset[str] | None] = None
    """What the engine can speak; None for every language."""

    engine: str = Field(description=_ENGINE)
    language: VoiceTag | None = Field(
        default=None,
        description="Variant of the language that is spoken, such as en-gb or en+f3; null = its usual voice.",
    )
    rate: int = Field(default=175, ge=80, le=450, description="Speed of speech, in words per minute.")
    volume: float = Field(default=1.0, ge=0, le=1, description="Volume, from 0 (silent) to 1.")
    piper_model: PiperModels | None = Field(default=None, description=_PIPER_MODEL)
    player: Literal["auto", "alsa", "wav"] = Field(
        default="auto",
        description="Sound output. auto is the sound device, even one that is connected later; without one, "
        "a service stays silent, and at a terminal speech goes into a WAV file.",
    )
    device: SoundDevice = Field(default="default", description="ALSA device; `aplay -L` lists them.")
    wav_file: FilePath | None = Field(
        default=None,
        description="File of the player wav; null = earsight.wav in the folder Earsight was started in.",
    )
    lead_in: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="Seconds of silence before speech, for outputs that swallow the first syllable.",
    )
    earcons: bool = Field(default=True, description="A short tone as soon as a press is noticed.")


class AutoVoice(VoiceSection):
    """Piper if it works, and eSpeak NG otherwise."""

    engine: Literal["auto"] = Field(default="auto", description=_ENGINE)


class EspeakVoice(VoiceSection):
    """eSpeak NG."""

    engine: Literal["espeak"] = Field(description=_ENGINE)


class Pyttsx3Voice(VoiceSection):
    """pyttsx3."""

    engine: Literal["pyttsx3"] = Field(description=_ENGINE)


class PiperVoice(VoiceSection):
    """Piper."""

    engine: Literal["piper"] = Field(description=_ENGINE)
    piper_model: PiperModels = Field(description=_PIPER_MODEL)


class HibariVoice(VoiceSection):
    """hibari-tts, which speaks English only."""

    languages = frozenset({"en"})

    engine: Literal["hibari"] = Field(description=_ENGINE)


AnyVoice = Annotated[
    Annotated[AutoVoice, Tag("auto")]
    | Annotated[EspeakVoice, Tag("espeak")]
    | Annotated[Pyttsx3Voice, Tag("pyttsx3")]
    | Annotated[PiperVoice, Tag("piper")]
    | Annotated[HibariVoice, Tag("hibari")],
    chosen_by("engine", "auto"),
]


def is_variant(tag: str, language: str) -> bool:
    """Whether a voice such as en-gb or en+f3 speaks the language of a code such as en."""
    return re.split("[-_+]", tag)[0].lower() == language


def check_language(voice: VoiceSection, language: str) -> None:
    """Whether a voice speaks a language: one that does not would read it as if it were its own.

    Raises:
        CombinationError: It does not; the key is that of the whole settings.
    """
    if voice.language is not None and not is_variant(voice.language, language):
        raise CombinationError(
            "voice.language", f"a variant of {language} such as {language}+f3, since language is {language}"
        )
    if voice.languages is not None and language not in voice.languages:
        raise CombinationError(
            "voice.engine", f"an engine that speaks {language}, since language is {language}"
        )
    if voice.engine == "piper" and isinstance(voice.piper_model, dict) and language not in voice.piper_model:
        raise CombinationError(
            "voice.piper_model", f"a model for {language} among others, since language is {language}"
        )
