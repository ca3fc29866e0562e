"""New settings while the service runs."""

import asyncio
import os
import signal
import threading
import time
from itertools import repeat

import pytest

from earsight.config.last_good import LastGoodSettings
from earsight.config.loader import load_config
from earsight.errors import CaptionerError
from earsight.service import reload
from earsight.service.lifecycle import State
from earsight.service.service import Options, Service
from earsight.triggers.trigger import Gesture, Press
from earsight.voice.earcons import Earcon
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.init_system import InitSystem
from tests.earsight.service.service_stage import NO_MODEL, Stage, describing, serving
from tests.earsight.stand_ins import Scene, painted, unplugged, until
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


async def answer(on, gesture=Gesture.SHORT):
    """What a press is answered with."""
    await on.service.press(Press(gesture, time.monotonic()))
    return on.heard[-1]


@pytest.mark.parametrize(
    ("settings", "picture", "before", "after"),
    [
        ("wording: {plain_above: 1, probably_above: 0.85}", "red", "A red wall.", "Probably a red wall."),
        ("wording: {style: careful}", "red", "A red wall.", "A wall."),
        ("quality: {enabled: false}", "dark", "The picture is too dark.", "A red wall."),
        ("narration: {every: 3600}", "red", "A red wall.", "A red wall."),
        ("bindings: {button: {short: louder}}", "red", "A red wall.", english("volume.loudest")),
    ],
)
def test_what_can_be_taken_over_holds_from_the_next_press_on(tmp_path, settings, picture, before, after):
    async def trial():
        pixels = painted("red")
        async with describing(tmp_path, Scene(pixels // 20 if picture == "dark" else pixels)) as on:
            assert await answer(on) == before
            on.write(settings)
            await until(lambda: english("settings.taken") in on.heard)
            assert await answer(on) == after

    asyncio.run(trial())


def test_narration_that_is_switched_on_begins_without_a_press(tmp_path):
    async def trial():
        async with describing(tmp_path, Scene(painted("red"))) as on:
            on.write("narration: {every: 1}")
            await until(lambda: "A red wall." in on.heard)
            on.scene.picture = painted("blue")
            await until(lambda: "A blue wall." in on.heard)

    asyncio.run(trial())


def test_another_language_holds_for_all_that_is_said_from_then_on(tmp_path):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            english_voice = on.player
            on.write("language: id")
            await until(lambda: indonesian("settings.taken") in on.heard)
            await until(lambda: english_voice.closed)
            assert await answer(on) == indonesian("error.captioner")
            on.scene.picture = unplugged()
            await until(lambda: indonesian("camera.lost") in on.heard)
            assert not {english("settings.taken"), english("camera.lost")} & set(on.heard)

    asyncio.run(trial())


class LoudnessMeter(FastPlayer):
    """Keeps how loud each sound was."""

    def __init__(self):
        super().__init__()
        self.peaks = []

    async def play(self, sound, started):
        self.peaks.append(int(abs(sound.samples).max()))
        await super().play(sound, started)


def test_a_new_volume_holds_for_answers_and_tones(tmp_path):
    async def trial():
        on, meters = Stage(tmp_path, Scene(painted("red"))), []

        def voice(_section, _language):
            meters.append(LoudnessMeter())
            return Voice(ToneSynthesizer(), meters[-1], replay_for=0.0)

        on.voice = voice
        on.service = on.made()
        async with serving(tmp_path, on):
            await until(lambda: Earcon.READY in on.kinds)
            await answer(on)
            on.write("voice: {volume: 0.25}")
            await until(lambda: meters[0].closed)
            await answer(on)
            quieter = [after / before for before, after in zip(*(m.peaks[-2:] for m in meters), strict=True)]
            assert quieter == pytest.approx([0.25, 0.25], rel=0.01), "tone and words"

    asyncio.run(trial())


def test_a_volume_that_is_refused_leaves_the_old_one(tmp_path):
    async def trial():
        meter = LoudnessMeter()
        on = Stage(tmp_path, Scene(painted("red")))
        on.voice = lambda _section, _language: Voice(ToneSynthesizer(), meter, replay_for=0.0)
        on.service = on.made()
        async with serving(tmp_path, on):
            on.voice = lambda _section, _language: Voice(
                ToneSynthesizer(repeat(Fault.FAILS)), FastPlayer(), replay_for=0.0
            )
            on.write("voice: {volume: 0.25}")
            await until(lambda: english("settings.refused") in on.heard)
            await answer(on)
            assert meter.peaks[-1] == pytest.approx(8000, rel=0.01)

    asyncio.run(trial())


def test_a_volume_that_is_chosen_while_the_new_voice_is_tried_gives_way_to_the_new_one(tmp_path):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            await until(lambda: Earcon.READY in on.kinds)
            old, meter = on.player, LoudnessMeter()
            slow = ToneSynthesizer(delay=1.0)
            on.voice = lambda _section, _language: Voice(slow, meter, replay_for=0.0)
            on.write("voice: {volume: 0.25}")
            await until(lambda: slow.begun > 0)
            await on.service.do("quieter")
            await until(lambda: old.closed)
            await answer(on)
            assert meter.peaks[-1] == pytest.approx(8000 * 0.25, rel=0.01)

    asyncio.run(trial())


def test_a_new_voice_is_tried_as_loud_and_as_fast_as_it_is_to_be(tmp_path):
    async def trial():
        async with serving(tmp_path, Scene(painted("red"))) as on:
            engine, meter = ToneSynthesizer(), LoudnessMeter()
            on.voice = lambda _section, _language: Voice(engine, meter, replay_for=0.0)
            on.write("voice: {volume: 0.25, rate: 300}")
            await until(lambda: english("settings.taken") in on.heard)
            assert engine.rates[0] == 300
            assert meter.peaks[0] == pytest.approx(8000 * 0.25, rel=0.01)

    asyncio.run(trial())


def test_settings_that_are_taken_back_are_as_before(tmp_path, caplog):
    caplog.set_level("INFO", "earsight.service.reload")
    taken = "new settings: wording"  # a notice that a press cuts off is said again

    async def trial():
        async with describing(tmp_path, Scene(painted("red"))) as on:
            on.write("wording: {style: careful}")
            await until(lambda: caplog.text.count(taken) == 1)
            assert await answer(on) == "A wall."
            on.write("")
            await until(lambda: caplog.text.count(taken) == 2)
            assert await answer(on) == "A red wall."

    asyncio.run(trial())


def test_a_backup_voice_is_no_trouble_any_more_when_another_one_works(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    backup = english("voice.backup")

    async def status(on):
        await on.service.do("status")
        return on.heard[-1]

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        on.voices_that_fail = 1
        async with serving(tmp_path, on):
            await until(lambda: backup in on.heard and Earcon.READY in on.kinds)
            assert backup in await status(on)
            old = on.player
            on.write("voice: {rate: 200}")
            await until(lambda: old.closed)
            assert backup not in await status(on)

    asyncio.run(trial())


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), ValueError("odd"), MemoryError()])
@pytest.mark.parametrize("at", ["load_config", "build_policy"])
def test_an_unforeseen_error_in_a_reload_is_a_refusal(tmp_path, monkeypatch, at, error):
    async def trial():
        async with describing(tmp_path, Scene(painted("red"))) as on:

            def fail(*_):
                raise error

            with monkeypatch.context() as patch:
                patch.setattr(reload, at, fail)
                on.write("wording: {plain_above: 1, probably_above: 0.85}")
                await until(lambda: english("settings.refused") in on.heard)
            assert on.service.state is State.READY
            assert await answer(on) == "A red wall."
            on.write("wording: {plain_above: 1, probably_above: 0.8}")
            await until(lambda: english("settings.taken") in on.heard)
            assert await answer(on) == "Probably a red wall."

    asyncio.run(trial())


def test_a_file_that_loses_its_content_changes_nothing_and_is_told(tmp_path):
    async def trial():
        async with describing(tmp_path, Scene(painted("red")), "wording: {style: careful}") as on:
            on.config.write_text("")
            await until(lambda: english("settings.refused") in on.heard)
            assert await answer(on) == "A wall."

    asyncio.run(trial())


def test_the_last_good_settings_serve_aloud_until_there_are_others(tmp_path, monkeypatch):
    manager = InitSystem(tmp_path, monkeypatch)
    gone = english("settings.last_good")

    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        config, last_good = load_config(on.config), LastGoodSettings(on.config, tmp_path / "state")
        good = on.config.read_bytes()
        on.config.write_bytes(b"")
        options = Options(on.config, last_good=last_good, file_is_lost=True, build=on.parts())
        on.service = Service(config, options)
        async with serving(tmp_path, on):
            await until(lambda: gone in on.heard)
            assert "settings: the file is lost" in manager.status
            assert last_good.load() is None
            on.config.write_bytes(good)
            await until(lambda: "settings" not in manager.status)
            await until(lambda: last_good.load() == config)
            assert on.heard.count(gone) == 1
            await on.service.do("status")
            assert gone not in on.heard[-1]

    try:
        asyncio.run(trial())
    finally:
        manager.close()


def test_settings_that_work_are_kept_at_the_start_and_at_each_reload(tmp_path):
    async def trial():
        on = Stage(tmp_path, Scene(painted("red")))
        last_good = LastGoodSettings(on.config, tmp_path / "state")
        on.service = Service(
            load_config(on.config), Options(on.config, last_good=last_good, build=on.parts())
        )
        async with serving(tmp_path, on):
            await until(lambda: last_good.load() == load_config(on.config))
            on.write("narration: {every: 30}")
            await until(lambda: last_good.load() == load_config(on.config))
            kept = last_good.load()
            on.write("narration: {every: 0}")
            await until(lambda: english("settings.refused") in on.heard)
            assert last_good.load() == kept

    asyncio.run(trial())
