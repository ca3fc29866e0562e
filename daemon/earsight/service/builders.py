"""From the settings to what a service goes by: its policy, and the registries of what can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from earsight.cameras.registry import build_source
from earsight.cameras.source import FrameSource
from earsight.config.camera import CameraSection
from earsight.config.captioner import CaptionerSection
from earsight.config.description import QualitySection, WordingSection
from earsight.config.find import FindSection
from earsight.config.objects import ObjectsSection
from earsight.config.schema import Config
from earsight.interaction.bindings import build_bindings
from earsight.interaction.context import Policy
from earsight.interaction.guidance import FindSettings
from earsight.interaction.preferences import Adjustable
from earsight.language.finding import FindingLimits
from earsight.language.language import Directions, Phrasing, Style
from earsight.language.languages import load_language
from earsight.service.voice_selection import VoiceBuilder
from earsight.system import time_limits
from earsight.vision.describer import Describer, build_describer
from earsight.vision.quality import QualityLimits
from earsight.voice.registry import build_voice
from earsight.voice.speaker import SoundObserver


def build_policy(config: Config) -> Policy:
    """What the narrator goes by."""
    return Policy(
        max_age=config.camera.max_age,
        phrasing=_phrasing(config.wording, config.objects),
        finding=_finding(config.find),
        language=load_language(config.language),
        limits=_limits(config.quality),
        novelty=config.narration.novelty,
        words_per_minute=config.narration.words_per_minute,
        earcons=config.voice.earcons,
        bindings=build_bindings(config),
        has_model=config.captioner.remote is not None,
        look_limit=_longest_captioning(config.captioner) + time_limits.LOOK_BEFORE_CAPTION,
    )


def _longest_captioning(section: CaptionerSection) -> float:
    """Seconds. Another machine is at work at the same time."""
    return max(section.time_limit, section.remote.time_limit if section.remote else 0.0)


def adjustable(config: Config) -> Adjustable:
    """What of the settings the wearer can change by button."""
    return Adjustable(config.voice.volume, config.voice.rate, config.narration.every)


def _phrasing(wording: WordingSection, objects: ObjectsSection) -> Phrasing:
    return Phrasing(
        plain=wording.plain_above,
        probably=wording.probably_above,
        maybe=wording.maybe_above,
        likely=wording.likely_above,
        style=Style(wording.style),
        object_plain=wording.objects_plain_above,
        object_probably=wording.objects_above,
        walking=wording.walking_above,
        object_maybe=wording.objects_maybe_above,
        place=wording.place_above,
        caption=wording.caption_above,
        presence=wording.presence_above,
        directions=Directions(objects.directions),
        words=wording.words,
    )


def _finding(section: FindSection) -> FindSettings:
    return FindSettings(
        favourites=tuple(section.favourites),
        looks_per_second=section.looks_per_second,
        limits=FindingLimits(section.probably_above, section.maybe_above, section.absent_below),
    )


def _limits(section: QualitySection) -> QualityLimits | None:
    values = section.model_dump()
    return QualityLimits(**values) if values.pop("enabled") else None


@dataclass(frozen=True)
class Builders:
    """How a service gets the parts that reach outside the process; benchmarks bring their own.

    Attributes:
        source: Makes the camera.
        voice: Makes the voice.
        describer: Makes what describes pictures.
        on_sound: Called for every sound that begins.
    """

    source: Callable[[CameraSection], FrameSource] = build_source
    voice: VoiceBuilder = build_voice
    describer: Callable[[Config], Describer] = build_describer
    on_sound: SoundObserver | None = None
