"""A narrator with all around it: camera, look worker and speaker are those that ship."""

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import numpy as np

from earsight.cameras.camera import Camera
from earsight.config.schema import Config
from earsight.interaction.bindings import build_bindings
from earsight.interaction.context import Policy
from earsight.interaction.look_interval import LookInterval
from earsight.interaction.narrator import Narrator
from earsight.interaction.preferences import Adjustable, Preferences
from earsight.language.language import Phrasing
from earsight.language.languages import load_language
from earsight.triggers.trigger import ButtonDown, Gesture, Press
from earsight.vision.describer import Describer
from earsight.vision.look_worker import LookWorker
from earsight.vision.quality import QualityLimits
from earsight.voice.speaker import SPEECH, Speaker
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted, unplugged, until

RED, GREEN = "A red wall.", "A green wall."
POLICY = Policy(
    max_age=60.0,  # however busy the machine, no picture is too old
    phrasing=Phrasing(plain=0.8, probably=0.5, maybe=0.2),
    language=load_language("en"),
    limits=QualityLimits(),
    novelty=0.3,
    words_per_minute=600,
    earcons=True,
    bindings=build_bindings(Config()),
)

SETTINGS = Adjustable(volume=1.0, rate=175, narration=None)


class Stage:
    """A narrator with all around it, and a record of what was heard."""

    def __init__(self, narrator, captioner, scene):
        self.narrator, self.captioner, self.scene = narrator, captioner, scene
        self.heard = []

    def note(self, kind, text, _at):
        self.heard.append(text if kind == SPEECH else f"({kind})")

    @property
    def said(self):
        return [what for what in self.heard if not what.startswith("(")]

    def button_down(self, at, source="button"):
        return self.narrator.take(ButtonDown(at), source)

    def begin(self, gesture=Gesture.SHORT, at=None, source="button"):
        return self.narrator.take(Press(gesture, time.monotonic() if at is None else at), source)

    async def press(self, gesture=Gesture.SHORT, at=None, source="button"):
        return await asyncio.wait_for(self.begin(gesture, at, source), 30)

    async def do(self, action, argument=None):
        return await asyncio.wait_for(self.narrator.do(action, argument=argument), 30)

    def narrate_every(self, seconds):
        """Seconds between looks without a press; None for no narration."""
        self.narrator.preferences.configure(replace(SETTINGS, narration=seconds))

    @asynccontextmanager
    async def narrating(self, every=0.02):
        """Let narration run meanwhile."""
        self.narrate_every(every)
        task = asyncio.create_task(self.narrator.narration.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def show(self, picture):
        """Put something else in front of the camera, until no older frame is left."""
        self.scene.picture = picture
        if not isinstance(picture, np.ndarray):
            await asyncio.sleep(0.2)
            return
        shown = self.scene.shown
        await until(lambda: self.scene.shown >= shown + 7)


@asynccontextmanager
async def stage(
    source=None,
    *,
    load=None,
    detector=None,
    reader=None,
    synthesizer=None,
    player=None,
    folder=None,
    listener=None,
    **policy,
):
    scene = source or Scene(painted("red"))
    captioner = ColourCaptioner()
    camera = Camera(scene, retry_after=0.01, retry_at_most=0.02)
    look_worker = LookWorker(
        camera, lambda: Describer(captioner if load is None else load(), detector, reader=reader)
    )
    on_stage = []
    voice = Voice(synthesizer or ToneSynthesizer(), player or FastPlayer(), replay_for=0.0)
    speaker = Speaker(voice, on_sound=lambda *heard: on_stage[0].note(*heard))
    preferences = Preferences(SETTINGS, folder)
    narrator = Narrator(look_worker, speaker, replace(POLICY, **policy), preferences, listener)
    # Intervals in tests are shorter than any that can be configured.
    narrator.narration.interval = LookInterval(share=0.0)
    on_stage.append(Stage(narrator, captioner, scene))
    camera.start()
    if getattr(scene, "picture", scene) is scene or isinstance(scene.picture, np.ndarray):
        assert await asyncio.to_thread(camera.wait_ready, 30)
    else:
        await asyncio.sleep(0.1)
    before = asyncio.all_tasks()
    try:
        yield on_stage[0]
    finally:
        scene.picture = unplugged()  # ends a wait for a picture
        await narrator.close()
        await speaker.close()
        await asyncio.to_thread(camera.close)
        await asyncio.to_thread(look_worker.close)
    await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() - before if not task.done()], "a task was left behind"


def tried(trial):
    asyncio.run(asyncio.wait_for(trial(), 120))
