"""New settings while the service runs."""

import asyncio
import os
import signal
import threading
import time
from itertools import repeat

import pytest

from earsight.config.loader import load_config
from earsight.errors import CaptionerError
from earsight.service.service import Options, Service
from earsight.triggers.trigger import Gesture, Press
from tests.earsight.fakes import Fault
from tests.earsight.init_system import InitSystem
from tests.earsight.service.service_stage import NO_MODEL, Stage, serving
from tests.earsight.stand_ins import Scene, painted, until
from tests.earsight.words import english, indonesian


def test_new_settings_whose_voice_can_not_be_had_are_refused(tmp_path):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            on.voices_that_fail = 1
            on.write("voice: {volume: 0.5}")
            await until(lambda: english("settings.refused") in on.heard)
            on.write("voice: {volume: 0.25}")
            await until(lambda: english("settings.taken") in on.heard)

    asyncio.run(trial())


@pytest.mark.parametrize("faults", ["player_faults", "engine_faults"])
def test_new_settings_whose_voice_can_not_be_heard_are_refused(tmp_path, faults):
    """A wrong device or language only shows when it speaks."""

    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            player = on.player
            setattr(on, faults, repeat(Fault.FAILS))
            on.write("voice: {device: nowhere}")
            await until(lambda: english("settings.refused") in on.heard)
            await until(lambda: on.player.closed and on.engine.closed)
            assert not player.closed
            await on.service.press(Press(Gesture.SHORT, time.monotonic()))
            assert on.heard[-1] == NO_MODEL
            on.write("voice: {device: somewhere}")
            await until(lambda: english("settings.taken") in on.heard)
            await asyncio.sleep(0.5)
            assert on.heard.count(english("settings.taken")) == 1

    asyncio.run(trial())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("narration: {every: 5}", english("settings.taken")),
        ("camera: {max_age: 10, fps: 5}", english("settings.need_restart")),
        ("camera: {fps: 0}", english("settings.refused")),
    ],
)
def test_a_changed_file_is_read_without_being_asked(tmp_path, settings, said):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            on.write(settings)
            await until(lambda: said in on.heard)

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

        options = Options(on.config, build=on.parts(describer=slow))
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


def test_new_settings_that_come_while_there_is_no_sound_wait_for_it(tmp_path, caplog):
    """With the earphones out no voice can be heard: that is no mistake of the settings."""

    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            card = on.player
            card.fail()
            on.player_faults = repeat(Fault.FAILS)
            on.write("voice: {rate: 200}")
            await until(lambda: "have to wait for sound" in caplog.text)
            card.mend()
            await until(lambda: english("settings.taken") in on.heard)
            assert english("settings.refused") not in on.heard

    asyncio.run(trial())


def test_another_language_is_spoken_from_then_on(tmp_path):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            on.write("language: id")
            await until(lambda: indonesian("settings.taken") in on.heard)
            await on.service.press(Press(Gesture.SHORT, time.monotonic()))
            assert on.heard[-1] == indonesian("error.captioner")

    asyncio.run(trial())
