"""The service in this process, with a camera and a voice of the test's own."""

import asyncio
from contextlib import asynccontextmanager

from earsight.config.loader import load_config
from earsight.service.builders import Builders
from earsight.service.service import Options, Service
from earsight.vision.describer import Describer
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.stand_ins import ColourCaptioner, until

NO_MODEL = "I can't describe pictures: the model is missing or damaged."


class Stage:
    def __init__(self, folder, scene):
        self.config = folder / "earsight.yaml"
        self.scene = scene
        self.heard = []
        self.kinds = []
        self.voices_that_fail = 0
        self.engine = self.player = None
        self.player_faults, self.engine_faults = (), ()
        self.pace = 20
        self.write("")
        self.service = self.made()

    def made(self):
        return Service(load_config(self.config), Options(self.config, build=self.parts()))

    def parts(self, **others):
        """What a service is made of."""
        return Builders(
            lambda _section: self.scene, lambda *wanted: self.voice(*wanted), on_sound=self.note, **others
        )

    def write(self, more):
        """A configuration without a model: nothing is to be loaded."""
        triggers = "triggers: {keyboard: false, control_socket: control.sock}"
        # On a loaded machine pictures are old.
        patient = "" if "camera:" in more else "camera: {max_age: 10}"
        self.config.write_text(f"captioner: {{bundle: no-bundle}}\n{patient}\n{triggers}\n{more}\n")

    def voice(self, _section, _language):
        if self.voices_that_fail:
            self.voices_that_fail -= 1
            raise VoiceError("voice.wav_file: full disk")
        engine, player = ToneSynthesizer(self.engine_faults), FastPlayer(self.player_faults, self.pace)
        self.player_faults, self.engine_faults = (), ()
        self.engine, self.player = engine, player
        return Voice(engine, player, replay_for=0.0)

    def note(self, kind, text, _at):
        self.kinds.append(kind)
        if text is not None:
            self.heard.append(text)


@asynccontextmanager
async def serving(folder, scene):
    """scene: what the camera sees, or a whole stage."""
    on = scene if isinstance(scene, Stage) else Stage(folder, scene)
    running = asyncio.create_task(on.service.run())
    try:
        await until(lambda: NO_MODEL in on.heard)
        yield on
        assert not running.done()
    finally:
        on.service.stop()
        await asyncio.wait_for(running, 30)


@asynccontextmanager
async def describing(folder, scene, settings="", reader=None):
    """As serving(), but with a model, which names the colour of a wall, and perhaps with a reader."""
    on = Stage(folder, scene)
    on.write(settings)
    on.captioner = ColourCaptioner()
    options = Options(
        on.config, build=on.parts(describer=lambda _config: Describer(on.captioner, reader=reader))
    )
    on.service = Service(load_config(on.config), options)
    running = asyncio.create_task(on.service.run())
    try:
        await until(lambda: Earcon.READY in on.kinds)
        yield on
        assert not running.done()
    finally:
        on.service.stop()
        await asyncio.wait_for(running, 30)
