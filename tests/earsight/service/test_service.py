"""The service: its start, its readiness and its end."""

import asyncio
import threading
import time
from itertools import repeat

import pytest

from earsight.cameras.replay import ReplaySource
from earsight.config.loader import load_config
from earsight.errors import CaptionerError
from earsight.interaction.press_end import PressEnd
from earsight.message import message
from earsight.service.crash_loop import CrashLoop
from earsight.service.lifecycle import State
from earsight.service.service import Options, Service
from earsight.system import time_limits
from earsight.triggers.control import ControlServer
from earsight.triggers.trigger import Gesture, Press
from earsight.vision.describer import Describer
from earsight.voice.earcons import Earcon
from earsight.voice.sound import VoiceError
from tests.earsight.fakes import Fault
from tests.earsight.init_system import InitSystem
from tests.earsight.service.service_stage import NO_MODEL, Stage, describing, serving
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted, photo, unplugged, until
from tests.earsight.words import english


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
        service = Service(load_config(on.config), Options(build=on.parts(describer=slow)))
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
            await until(lambda: english("camera.lost") in on.heard)
            on.scene.picture = painted("red")
            await until(lambda: english("camera.back") in on.heard)
            assert on.heard == [NO_MODEL, english("camera.lost"), english("camera.back")]

    asyncio.run(trial())


@pytest.mark.parametrize("failure", ["can't be had", "can't make words"])
def test_a_voice_that_fails_at_the_start_is_replaced_for_a_wearer(tmp_path, monkeypatch, failure):
    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        if failure == "can't be had":
            on.voices_that_fail = 1
        else:
            on.write("voice: {language: en+no-such-variant}")
            on.service, on.engine_faults = on.made(), repeat(Fault.FAILS)
        running = asyncio.create_task(on.service.run())
        await until(lambda: english("voice.backup") in on.heard)
        on.service.stop()
        await asyncio.wait_for(running, 30)

    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    asyncio.run(trial())


def test_a_voice_for_which_there_is_no_other_is_not_said_to_be_one(tmp_path, monkeypatch, caplog):
    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.engine_faults = repeat(Fault.FAILS, 2)  # both attempts of the check
        running = asyncio.create_task(on.service.run())
        await until(lambda: NO_MODEL in on.heard)
        assert "injected failure" in caplog.text
        assert english("voice.backup") not in on.heard
        on.service.stop()
        await asyncio.wait_for(running, 30)

    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    asyncio.run(trial())


def test_a_start_that_is_ended_before_it_was_ready_has_not_lasted(tmp_path):
    """The service manager asks one to end that takes too long, and starts the next."""

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        crash_loop, loading, release = CrashLoop(tmp_path / "starts"), threading.Event(), threading.Event()
        crash_loop.record_start()

        def slow(_section):
            loading.set()
            release.wait(30)
            return Describer(ColourCaptioner())

        build = on.parts(describer=slow)
        service = Service(load_config(on.config), Options(on.config, build=build, crash_loop=crash_loop))
        running = asyncio.create_task(service.run())
        await until(loading.is_set)
        service.stop()
        release.set()
        await asyncio.wait_for(running, 30)
        assert crash_loop.record_start() == 1

    asyncio.run(trial())


def test_only_a_description_shows_that_the_start_has_lasted(tmp_path):
    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        crash_loop = CrashLoop(tmp_path / "starts")
        crash_loop.record_start()
        build = on.parts(describer=lambda _config: Describer(ColourCaptioner()))
        service = Service(load_config(on.config), Options(on.config, build=build, crash_loop=crash_loop))
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
        told = english("part.not_working", part=message("part.control_socket"))

        def until_told(_section):
            while told not in on.heard:
                time.sleep(0.01)
            raise CaptionerError("no model")

        config = load_config(on.config)
        on.service = Service(config, Options(build=on.parts(describer=until_told)))
        running = asyncio.create_task(on.service.run())
        await until(lambda: Earcon.READY in on.kinds)
        assert on.player.cut_off == 0
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())


def test_the_tone_for_ready_does_not_wait_for_an_engine_that_hangs(tmp_path, monkeypatch):
    monkeypatch.setattr(time_limits, "STARTUP_MESSAGE", 0.3)

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


class DemoPhotos(ReplaySource):
    """As where there is no camera; the photo is the test's own."""

    def __init__(self, photo):
        super().__init__(None)
        self.photo = photo

    def open(self):
        self.path = self.photo
        super().open()


DEMO = english("camera.demo_photos")


def test_demo_photos_are_said_to_be_such_before_any_is_described(tmp_path):
    async def trial():
        async with describing(tmp_path, DemoPhotos(photo(tmp_path))) as on:
            assert on.heard == [DEMO]
            await on.service.press(Press(Gesture.SHORT, time.monotonic()))
            assert on.heard == [DEMO, "A red wall."]

    asyncio.run(trial())


def test_a_single_press_says_it_too(tmp_path):
    async def trial():
        on = Stage(tmp_path, DemoPhotos(photo(tmp_path)))
        parts = on.parts(describer=lambda _config: Describer(ColourCaptioner()))
        service = Service(load_config(on.config), Options(build=parts))
        assert await service.run_once() is PressEnd.SPOKEN
        assert on.heard == [DEMO, "A red wall."]

    asyncio.run(trial())


def test_what_it_is_doing_can_be_asked(tmp_path):
    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        assert on.service.state is State.STARTING
        async with serving(tmp_path, on):
            await until(lambda: on.service.state is State.READY)
        assert on.service.state is State.STOPPING

    asyncio.run(trial())


def test_a_model_that_comes_later_is_no_trouble_any_more(tmp_path):
    async def trial():
        on, there = Stage(tmp_path, Scene(painted("red"))), []

        def describer(_config):
            if not there:
                raise CaptionerError("no model")
            return Describer(ColourCaptioner())

        def newest():
            """Without the notice, which is said once more if an answer cuts it off."""
            return [text for text in on.heard if text != NO_MODEL][-1]

        on.service = Service(load_config(on.config), Options(build=on.parts(describer=describer)))
        async with serving(tmp_path, on):
            await on.service.do("status")
            assert NO_MODEL in newest()
            there.append(True)
            await on.service.press(Press(Gesture.SHORT, time.monotonic()))
            assert newest() == "A red wall."
            await on.service.do("status")
            assert NO_MODEL not in newest()

    asyncio.run(trial())


def test_the_time_in_which_the_model_loads_does_not_count_as_lasting(tmp_path, monkeypatch):
    monkeypatch.setattr(time_limits, "START_LASTED", 0.1)

    async def trial():
        on, loading, release = Stage(tmp_path, Scene(painted("red"))), threading.Event(), threading.Event()
        crash_loop = CrashLoop(tmp_path / "starts")
        crash_loop.record_start()

        def slow(_config):
            loading.set()
            release.wait(30)
            return Describer(ColourCaptioner())

        options = Options(crash_loop=crash_loop, build=on.parts(describer=slow))
        on.service = Service(load_config(on.config), options)
        running = asyncio.create_task(on.service.run())
        await until(loading.is_set)
        await asyncio.sleep(0.5)
        assert (tmp_path / "starts").exists()
        release.set()
        await until(lambda: not (tmp_path / "starts").exists())
        on.service.stop()
        await asyncio.wait_for(running, 30)

    asyncio.run(trial())
