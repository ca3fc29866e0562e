"""The settings of Earsight as a whole: one section a module. loader.py reads them from YAML.

The descriptions and bounds of the sections are the single source of the JSON Schema, the error messages and
the comments in config/earsight.yaml. Config() is what a file without any keys gives.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from earsight.config.bindings import BindingsSection
from earsight.config.camera import AnyCamera, AutoCamera
from earsight.config.captioner import AnyCaptioner, OnnxCaptionerSection
from earsight.config.description import NarrationSection, QualitySection, WordingSection
from earsight.config.find import FindSection
from earsight.config.microphone import MicrophoneSection
from earsight.config.objects import ObjectsSection
from earsight.config.section import CombinationError, Section
from earsight.config.text import TextSection
from earsight.config.triggers import GesturesSection, TriggersSection
from earsight.config.voice import AnyVoice, AutoVoice, check_language

LanguageCode = Literal["en", "id"]
"""English, Indonesian: every language that earsight.language.languages has."""


class Config(Section):
    """All settings of Earsight."""

    language: LanguageCode = Field(
        default="en",
        description="Language of everything that is said, and of the voice.",
    )

    camera: AnyCamera = AutoCamera()
    triggers: TriggersSection = TriggersSection()
    gestures: GesturesSection = GesturesSection()
    bindings: BindingsSection = BindingsSection()
    captioner: AnyCaptioner = OnnxCaptionerSection()
    objects: ObjectsSection = ObjectsSection()
    text: TextSection = TextSection()
    find: FindSection = FindSection()
    narration: NarrationSection = NarrationSection()
    quality: QualitySection = QualitySection()
    wording: WordingSection = WordingSection()
    voice: AnyVoice = AutoVoice()
    microphone: MicrophoneSection = MicrophoneSection()

    @model_validator(mode="after")
    def _bound_keys_are_there(self) -> Config:
        for name in self.bindings.keys.keys() - self.triggers.keys.keys():
            there = ", ".join(self.triggers.keys) or "none so far"
            raise CombinationError(f"bindings.keys.{name}", f"a name of triggers.keys: {there}")
        return self

    @model_validator(mode="after")
    def _voice_speaks_the_language(self) -> Config:
        check_language(self.voice, self.language)
        return self


LIVE_SECTIONS = frozenset(
    {"language", "gestures", "bindings", "find", "narration", "quality", "wording", "voice"}
)
"""Sections that a running service takes over at a reload."""

RESTART_SECTIONS = frozenset({"camera", "triggers", "captioner", "objects", "microphone", "text"})
"""Sections whose change needs a restart."""


def changed_sections(old: Config, new: Config) -> set[str]:
    """The names of the sections that differ."""
    return {name for name in Config.model_fields if getattr(old, name) != getattr(new, name)}


def config_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a config file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Config.model_json_schema(),
        "title": "Earsight configuration",
    }
