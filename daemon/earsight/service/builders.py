"""From the settings to what a service goes by: its policy, and the registries of what can be chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from earsight.cameras.registry import build_source
from earsight.cameras.source import FrameSource
from earsight.config.camera import CameraSection
from earsight.config.description import QualitySection, WordingSection
from earsight.config.schema import Config
from earsight.interaction.bindings import build_bindings
from earsight.interaction.context import Policy
from earsight.interaction.preferences import Adjustable
from earsight.language.language import Phrasing, Style
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
        phrasing=_phrasing(config.wording),
        language=load_language(config.language),
        limits=_limits(config.quality),
        novelty=config.narration.novelty,
        earcons=config.voice.earcons,
        bindings=build_bindings(config),
        look_limit=config.captioner.time_limit + time_limits.LOOK_BEFORE_CAPTION,
    )


def adjustable(config: Config) -> Adjustable:
    """What of the settings the wearer can change by button."""
    return Adjustable(config.voice.volume, config.voice.rate, config.narration.every)


def _phrasing(section: WordingSection) -> Phrasing:
    return Phrasing(
        section.plain_above,
        section.probably_above,
        section.maybe_above,
        section.likely_above,
        Style(section.style),
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
