"""What a running service consists of, put together from the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from earsight.actions import ACTIONS
from earsight.cameras.camera import Camera
from earsight.cameras.replay import shows_demo_photos
from earsight.config.schema import Config
from earsight.interaction.narrator import Narrator
from earsight.interaction.notices import Notices
from earsight.interaction.preferences import Preferences
from earsight.listening.registry import build_listener
from earsight.service.builders import Builders, adjustable, build_policy
from earsight.service.trigger_manager import TriggerManager
from earsight.service.voice_selection import VoiceSelection
from earsight.system import time_limits
from earsight.system.storage import service_folder
from earsight.system.systemd import ServiceStatus
from earsight.triggers.trigger import InputEvent
from earsight.vision.look_worker import LookWorker
from earsight.voice.speaker import Speaker


@dataclass(frozen=True, slots=True)
class Components:
    """The long-lived parts of a service.

    Attributes:
        camera: Delivers frames, once it was started.
        look_worker: Describes them.
        speaker: Says everything.
        voices: Chooses the speaker's voice.
        narrator: Turns presses into answers.
        triggers: Turns inputs into presses, while it runs.
        status: What does not work, for `systemctl status`.
        shows_demo_photos: Whether there is no camera, but photos that come with Earsight.
    """

    camera: Camera
    look_worker: LookWorker
    speaker: Speaker
    voices: VoiceSelection
    narrator: Narrator
    triggers: TriggerManager
    status: ServiceStatus
    shows_demo_photos: bool

    @property
    def preferences(self) -> Preferences:
        """What the wearer has chosen."""
        return self.narrator.preferences

    @property
    def notices(self) -> Notices:
        """What the wearer has to know."""
        return self.narrator.notices

    async def close(self) -> None:
        """Fall silent, and give the devices back. What hangs is left behind."""
        await self.narrator.close()
        await self.speaker.close()
        await asyncio.gather(
            asyncio.to_thread(self.camera.close, time_limits.CLOSING),
            asyncio.to_thread(self.look_worker.close, time_limits.CLOSING),
        )


def assemble(
    config: Config,
    build: Builders,
    press: Callable[[str, InputEvent], object],
    do: Callable[[str, str | None], object],
) -> Components:
    """Put a service together, and start its camera.

    Args:
        config: The settings.
        build: Makes what reaches outside the process.
        press: Takes what happens at an input, after the name of the input.
        do: Takes an action that another program asks for: its name, and what it is asked for with.

    Raises:
        VoiceError: There is no voice.
    """
    status = ServiceStatus()
    preferences = Preferences(adjustable(config), service_folder("STATE"))
    voices = VoiceSelection(build.voice, status)
    voice = voices.open(config.voice, config.language)
    wanted = preferences.values
    speaker = Speaker(voice, volume=wanted.volume, rate=wanted.rate, on_sound=build.on_sound)
    source = build.source(config.camera)
    camera = Camera(source, rotation=config.camera.rotation, stills=config.camera.still)
    look_worker = LookWorker(camera, partial(build.describer, config))
    listener = build_listener(config.microphone, ACTIONS)
    narrator = Narrator(look_worker, speaker, build_policy(config), preferences, listener)
    triggers = TriggerManager(config, press, do, narrator.notices, status)
    demo = shows_demo_photos(source)
    camera.start()
    return Components(camera, look_worker, speaker, voices, narrator, triggers, status, demo)
