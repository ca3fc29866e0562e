"""Builds the parts from the configuration. The only place that knows every choice of every section.

Device libraries are imported by the parts themselves, when they open: choosing one costs nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

from earsight.cameras.first_found import FirstFound
from earsight.cameras.gstreamer import GStreamerSource
from earsight.cameras.opencv import OpenCvSource
from earsight.cameras.picamera2 import Picamera2Source
from earsight.cameras.replay import ReplaySource
from earsight.cameras.source import FrameSource
from earsight.cameras.v4l2 import find_webcam
from earsight.config.camera import CameraSection
from earsight.config.description import QualitySection, WordingSection
from earsight.config.schema import Config
from earsight.config.voice import VoiceSection
from earsight.interaction.narrator import Policy
from earsight.language.language import Phrasing, Style
from earsight.language.languages import load_language
from earsight.system import time_limits
from earsight.system.systemd import managed
from earsight.vision.describer import Describer, build_describer
from earsight.vision.quality import QualityLimits
from earsight.voice.registry import build_player, build_synthesizer
from earsight.voice.speaker import SoundObserver, Speaker

_log = logging.getLogger(__name__)


def build_source(section: CameraSection) -> FrameSource:
    """auto: the board's camera, else a webcam, whenever there is one. Photos are shown instead only if they
    are asked for, or to somebody at a terminal who has no camera: a wearer would take them for the scene."""
    source = section.source
    if source == "picamera2":
        return Picamera2Source(section.width, section.height, section.fps)
    if source == "opencv":
        if section.device is not None:
            return _webcam(section, section.device)
        # One that comes back may have another number. Where there is none, the first number tells why.
        return FirstFound(lambda: [_webcam(section, find_webcam() or 0)])
    if source == "gstreamer":
        assert section.pipeline is not None  # the config has checked it
        return GStreamerSource(section.pipeline)
    if source == "auto" and section.replay is None and (managed() or _cameras(section)):
        return FirstFound(partial(_cameras, section))
    if section.replay is None:
        _log.info("no camera: replaying the demo photos (camera.replay or --replay names others)")
    return ReplaySource(section.replay, section.replay_interval)


def _cameras(section: CameraSection) -> list[FrameSource]:
    found: list[FrameSource] = []
    if find_spec("picamera2"):
        found.append(Picamera2Source(section.width, section.height, section.fps))
    if webcam := find_webcam():
        found.append(_webcam(section, webcam))
    return found


def _webcam(section: CameraSection, device: int | str) -> FrameSource:
    return OpenCvSource(device, section.width, section.height, section.fps)


async def build_speaker(section: VoiceSection, on_sound: SoundObserver | None = None) -> Speaker:
    """on_sound: told of every sound that begins."""
    return Speaker(
        build_synthesizer(section),
        build_player(section),
        volume=section.volume,
        earcon_volume=section.volume / 2,
        lead_in=section.lead_in,
        on_sound=on_sound,
    )


def build_policy(config: Config) -> Policy:
    return Policy(
        max_age=config.camera.max_age,
        phrasing=_phrasing(config.wording),
        language=load_language(config.language),
        limits=_limits(config.quality),
        every=config.narration.every,
        novelty=config.narration.novelty,
        earcons=config.voice.earcons,
        look_limit=config.captioner.time_limit + time_limits.LOOK_BEFORE_CAPTION,
    )


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
    """How a service gets the parts that reach outside the process; benchmarks bring their own."""

    source: Callable[[CameraSection], FrameSource] = build_source
    speaker: Callable[[VoiceSection], Awaitable[Speaker]] = build_speaker
    describer: Callable[[Config], Describer] = build_describer
