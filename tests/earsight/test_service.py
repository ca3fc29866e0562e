"""The service in this process, with a camera and a voice of the test's own."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest

from earsight import wording
from earsight.config_file import load_config
from earsight.narrator import PressEnd
from earsight.parts import Builders
from earsight.service import Options, Service
from earsight.triggers.trigger import Gesture, Press
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.stand_ins import Scene, painted, unplugged, until

NO_MODEL = "I can't describe anything: the model is missing or damaged."


class Stage:
    def __init__(self, folder, scene):
        self.config = folder / "earsight.yaml"
        self.scene = scene
        self.heard = []
        self.voices_that_fail = 0
        self.write("")
        build = Builders(lambda _section: scene, self.voice)
        self.service = Service(load_config(self.config), Options(self.config, build=build))

    def write(self, more):
        """A configuration without a model: nothing is to be loaded."""
        triggers = "triggers: {keyboard: false, control_socket: control.sock}"
        # On a loaded machine pictures are old.
        patient = "" if "camera:" in more else "camera: {max_age: 10}"
        self.config.write_text(f"captioner: {{bundle: no-bundle}}\n{patient}\n{triggers}\n{more}\n")

    async def voice(self, _section):
        if self.voices_that_fail:
            self.voices_that_fail -= 1
            raise VoiceError("voice.wav_file: full disk")
        return Speaker(ToneSynthesizer(), FastPlayer(), on_sound=self.note)

    def note(self, _kind, text, _at):
        if text is not None:
            self.heard.append(text)


@asynccontextmanager
async def serving(folder, scene):
    on = Stage(folder, scene)
    running = asyncio.create_task(on.service.run())
    try:
        await until(lambda: NO_MODEL in on.heard)
        yield on
        assert not running.done()
    finally:
        on.service.stop()
        await asyncio.wait_for(running, 30)


def test_without_a_model_it_says_so_and_stays_up(tmp_path):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            end = await on.service.press(Press(Gesture.SHORT, time.monotonic()))
            assert end is PressEnd.ERROR_SPOKEN
            assert on.heard == [NO_MODEL, NO_MODEL]

    asyncio.run(trial())


def test_a_camera_that_goes_and_comes(tmp_path):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            on.scene.picture = unplugged()
            await until(lambda: wording.CAMERA_LOST in on.heard)
            on.scene.picture = painted("red")
            await until(lambda: wording.CAMERA_BACK in on.heard)
            assert on.heard == [NO_MODEL, wording.CAMERA_LOST, wording.CAMERA_BACK]

    asyncio.run(trial())


def test_new_settings_whose_voice_can_not_be_had_are_refused(tmp_path):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            on.voices_that_fail = 1
            on.write("voice: {volume: 0.5}")
            await until(lambda: wording.CONFIG_REFUSED in on.heard)
            on.write("voice: {volume: 0.25}")
            await until(lambda: wording.CONFIG_TAKEN in on.heard)

    asyncio.run(trial())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("narration: {every: 5}", wording.CONFIG_TAKEN),
        ("camera: {max_age: 10, fps: 5}", wording.CONFIG_NEEDS_RESTART),
        ("camera: {fps: 0}", wording.CONFIG_REFUSED),
    ],
)
def test_a_changed_file_is_read_without_being_asked(tmp_path, settings, said):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            on.write(settings)
            await until(lambda: said in on.heard)

    asyncio.run(trial())
