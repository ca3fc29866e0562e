"""The service in this process, with a camera and a voice of the test's own."""

import asyncio
import json
import os
import signal
import threading
import time
from contextlib import asynccontextmanager
from itertools import repeat
from typing import ClassVar

import pytest

from earsight import attendance, watch, wording
from earsight.captioners.captioner import CaptionerError
from earsight.config_file import load_config
from earsight.narrator import PressEnd
from earsight.parts import Builders
from earsight.service import Options, Service
from earsight.starts import Starts
from earsight.triggers.control import ControlServer
from earsight.triggers.trigger import Gesture, Press, TriggerError
from earsight.voice.earcons import Earcon
from earsight.voice.job import Outcome
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.init_system import InitSystem
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted, unplugged, until

NO_MODEL = "I can't describe anything: the model is missing or damaged."


class Stage:
    def __init__(self, folder, scene):
        self.config = folder / "earsight.yaml"
        self.scene = scene
        self.heard = []
        self.kinds = []
        self.voices_that_fail = 0
        self.player_faults, self.engine_faults = (), ()
        self.pace = 20
        self.speaker = None
        self.write("")
        self.service = self.made()

    def made(self):
        build = Builders(lambda _section: self.scene, self.voice)
        return Service(load_config(self.config), Options(self.config, build=build))

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
        engine, player = ToneSynthesizer(self.engine_faults), FastPlayer(self.player_faults, self.pace)
        self.player_faults, self.engine_faults = (), ()
        self.speaker = Speaker(engine, player, replay_for=0.0, on_sound=self.note)
        self.player = player
        return self.speaker

    def note(self, kind, text, _at):
        self.kinds.append(kind)
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


def test_the_watchdog_waits_for_a_model_that_takes_long_to_load(tmp_path, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    manager = InitSystem(tmp_path, monkeypatch)

    def slow(_section):
        time.sleep(0.6)
        raise CaptionerError("no model")

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        service = Service(
            load_config(on.config), Options(build=Builders(lambda _section: on.scene, on.voice, slow))
        )
        running = asyncio.create_task(service.run())
        await until(lambda: manager.messages.count("WATCHDOG=1") >= 2)
        service.stop()
        await asyncio.wait_for(running, 30)
        assert manager.messages.index("READY=1") < manager.messages.index("WATCHDOG=1")

    try:
        asyncio.run(trial())
    finally:
        manager.close()


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


@pytest.mark.parametrize("faults", ["player_faults", "engine_faults"])
def test_new_settings_whose_voice_can_not_be_heard_are_refused(tmp_path, faults):
    """A wrong device or language only shows when it speaks."""

    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            before = on.speaker
            setattr(on, faults, repeat(Fault.FAILS))
            on.write("voice: {device: nowhere}")
            await until(lambda: wording.CONFIG_REFUSED in on.heard)
            with pytest.raises(VoiceError, match="closed"):
                await on.speaker.earcon(Earcon.READY)
            await until(lambda: before.idle)
            await on.service.press(Press(Gesture.SHORT, time.monotonic()))
            assert on.heard[-1] == NO_MODEL
            on.write("voice: {device: somewhere}")
            await until(lambda: wording.CONFIG_TAKEN in on.heard)
            await asyncio.sleep(0.5)
            assert on.heard.count(wording.CONFIG_TAKEN) == 1

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


def test_the_second_button_repeats_and_sets_a_volume_that_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    kept = tmp_path / "state" / "volume.json"

    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:

            async def second(gesture, expected):
                on.heard.clear()
                on.service.press_second(Press(gesture, time.monotonic()))
                await until(lambda: expected in on.heard)

            await second(Gesture.SHORT, wording.NOTHING_TO_REPEAT)
            await second(Gesture.DOUBLE, wording.LOUDEST)
            await second(Gesture.LONG, wording.QUIETER)
            await until(lambda: kept.exists() and json.loads(kept.read_text())["volume"] == 0.56)
            await second(Gesture.DOUBLE, wording.LOUDER)
            on.service.press_second(Press(Gesture.TOUCH, time.monotonic()))

    asyncio.run(trial())


@pytest.mark.parametrize("failure", ["can't be had", "can't make words"])
def test_a_voice_that_fails_at_the_start_is_replaced_for_a_wearer(tmp_path, monkeypatch, failure):
    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        if failure == "can't be had":
            on.voices_that_fail = 1
        else:
            on.engine_faults = repeat(Fault.FAILS)
        running = asyncio.create_task(on.service.run())
        await until(lambda: wording.VOICE_INSTEAD in on.heard)
        on.service.stop()
        await asyncio.wait_for(running, 30)

    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    asyncio.run(trial())


def test_a_reload_while_the_model_loads_waits_for_it(tmp_path, monkeypatch):
    """READY=1 arms the watchdog."""
    manager = InitSystem(tmp_path, monkeypatch)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        loading, loaded = threading.Event(), threading.Event()

        def slow(_section):
            loading.set()
            assert loaded.wait(30)
            raise CaptionerError("no model")

        options = Options(on.config, build=Builders(lambda _section: on.scene, on.voice, slow))
        running = asyncio.create_task(Service(load_config(on.config), options).run())
        await until(loading.is_set)
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(1.0)
        assert "READY=1" not in manager.messages
        loaded.set()
        await until(lambda: manager.messages.count("READY=1") == 2)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, 30)
        assert manager.messages.index("READY=1") < manager.messages.index("RELOADING=1")

    try:
        asyncio.run(trial())
    finally:
        manager.close()


def test_only_a_description_shows_that_the_start_has_lasted(tmp_path):
    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        starts = Starts(tmp_path / "starts")
        starts.begin()
        build = Builders(lambda _section: on.scene, on.voice, lambda _section: ColourCaptioner())
        service = Service(load_config(on.config), Options(on.config, build=build, starts=starts))
        running = asyncio.create_task(service.run())
        await until(lambda: Earcon.READY in on.kinds)
        end = await service.press(Press(Gesture.DOUBLE, time.monotonic()))
        assert end is PressEnd.SPOKEN
        await asyncio.sleep(0.2)
        assert (tmp_path / "starts").exists()
        await service.press(Press(Gesture.SHORT, time.monotonic()))
        await until(lambda: not (tmp_path / "starts").exists())
        service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


def test_a_voice_that_can_not_be_had_at_the_start_is_an_error_at_a_terminal(tmp_path, monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.voices_that_fail = 1
        with pytest.raises(VoiceError, match="full disk"):
            await on.service.run()

    asyncio.run(trial())


def test_the_tone_for_ready_does_not_cut_off_what_is_told_of_a_button(tmp_path):
    """The control socket stands for it."""

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.pace = 1
        on.config.write_text(on.config.read_text().replace("control.sock", "missing/folder/control.sock"))
        told = wording.does_not_work(wording.SOCKET)

        def until_told(_section):
            while told not in on.heard:
                time.sleep(0.01)
            raise CaptionerError("no model")

        config = load_config(on.config)
        on.service = Service(config, Options(build=Builders(lambda _section: on.scene, on.voice, until_told)))
        running = asyncio.create_task(on.service.run())
        await until(lambda: Earcon.READY in on.kinds)
        assert on.speaker.tally[Outcome.INTERRUPTED] == 0
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


def test_the_tone_for_ready_does_not_wait_for_an_engine_that_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr("earsight.service._MUTE", 0.3)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.engine_faults = repeat(Fault.HANGS)
        running = asyncio.create_task(on.service.run())
        await until(lambda: Earcon.READY in on.kinds, limit=10)  # the engine's own limit is 15 s
        assert on.heard == []
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


def test_it_is_ready_when_its_buttons_are(tmp_path, monkeypatch):
    """The control socket stands for them: who hears the tone presses at once."""
    manager = InitSystem(tmp_path, monkeypatch)
    began, let = asyncio.Event(), asyncio.Event()
    listen = ControlServer.run

    async def slow(self, press, listening):
        began.set()
        await let.wait()
        await listen(self, press, listening)

    monkeypatch.setattr(ControlServer, "run", slow)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        running = asyncio.create_task(on.service.run())
        await began.wait()
        await asyncio.sleep(0.5)
        assert "READY=1" not in manager.messages
        let.set()
        await until(lambda: Earcon.READY in on.kinds)
        assert "READY=1" in manager.messages
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


def test_a_button_that_can_not_be_had_is_said_and_so_is_its_return(tmp_path, monkeypatch):
    """The control socket, whose folder is not there at first, stands for any trigger."""
    monkeypatch.setattr(attendance, "_RETRY", 0.2)

    async def trial():
        folder = tmp_path / "missing" / "folder"
        on = Stage(tmp_path, Scene(painted("red")))
        on.config.write_text(on.config.read_text().replace("control.sock", "missing/folder/control.sock"))
        on.service = on.made()
        running = asyncio.create_task(on.service.run())
        await until(lambda: wording.does_not_work(wording.SOCKET) in on.heard)
        await asyncio.sleep(0.6)
        folder.mkdir(parents=True)
        await until(lambda: wording.works_again(wording.SOCKET) in on.heard)
        assert on.heard.count(wording.does_not_work(wording.SOCKET)) == 1
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


def test_a_button_that_does_not_work_is_told_when_the_earphones_come(tmp_path, monkeypatch):
    """The control socket stands for it."""
    monkeypatch.setattr(watch, "_SOUND_RETRY", 0.1)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.config.write_text(on.config.read_text().replace("control.sock", "missing/folder/control.sock"))
        on.player_faults = repeat(Fault.FAILS)
        on.service = on.made()
        running = asyncio.create_task(on.service.run())
        await until(lambda: on.speaker is not None and on.speaker.silent)
        await asyncio.sleep(1.0)
        assert on.heard == []
        on.player.mend()
        await until(lambda: len(on.heard) == 3)
        assert set(on.heard) == {wording.SOUND_BACK, wording.does_not_work(wording.SOCKET), NO_MODEL}
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


class Late:
    """A trigger whose device takes long to open, and then can't be had, twice."""

    def __init__(self):
        self.attempts = 0

    async def run(self, _press, listening=lambda: None):
        self.attempts += 1
        await asyncio.sleep(0.3)
        if self.attempts <= 2:
            raise TriggerError("no such pin")
        listening()
        await asyncio.get_running_loop().create_future()


def test_a_trigger_works_again_when_it_listens(tmp_path, monkeypatch):
    monkeypatch.setattr(attendance, "_RETRY", 0.05)
    monkeypatch.setattr(attendance, "_WORKS", 0.1)
    monkeypatch.setattr(attendance, "ControlServer", lambda _path: late)
    late = Late()
    broken, mended = wording.does_not_work(wording.SOCKET), wording.works_again(wording.SOCKET)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        running = asyncio.create_task(on.service.run())
        await until(lambda: mended in on.heard)
        assert late.attempts == 3
        assert [on.heard.count(broken), on.heard.count(mended)] == [1, 1]
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


class StuckButton:
    """Stuck from the start; `pressed` is the next press of it."""

    def __init__(self, _pin, _pull_up, _debounce, _recognizer, stuck, _key):
        self.stuck = stuck
        self.pressed = asyncio.Event()
        self.made.append(self)

    made: ClassVar[list] = []

    async def run(self, press, listening=lambda: None):
        listening()
        self.stuck()
        await self.pressed.wait()
        press(Press(Gesture.SHORT, time.monotonic()))
        await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("let_go", [False, True])
def test_a_stuck_button_is_told_of_when_sound_is_back_unless_it_was_pressed_since(
    tmp_path, monkeypatch, let_go
):
    monkeypatch.setattr(watch, "_SOUND_RETRY", 0.1)
    monkeypatch.setattr(attendance, "ButtonTrigger", StuckButton)

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.config.write_text(
            on.config.read_text().replace("keyboard: false", "button: {pin: 17}, keyboard: false")
        )
        on.player_faults = repeat(Fault.FAILS)
        on.service = on.made()
        running = asyncio.create_task(on.service.run())
        await until(lambda: on.speaker is not None and on.speaker.silent)
        if let_go:
            StuckButton.made[-1].pressed.set()
            await asyncio.sleep(0.5)
        on.player.mend()
        await until(lambda: NO_MODEL in on.heard)
        await asyncio.sleep(0.5)
        assert (wording.is_stuck(wording.BUTTON) in on.heard) is not let_go
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())
