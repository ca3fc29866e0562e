"""What the wearer and the service manager are told while things fail and come back."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from itertools import repeat

import pytest

from earsight.cameras.camera import Camera
from earsight.cameras.source import BlackPictures
from earsight.config.schema import Config
from earsight.interaction.narrator import Narrator
from earsight.interaction.preferences import Preferences
from earsight.interaction.press_end import PressEnd
from earsight.language.languages import load_language
from earsight.language.utterance import Priority, Utterance
from earsight.service.builders import adjustable, build_policy
from earsight.service.crash_loop import CrashLoop
from earsight.service.supervisor import THROTTLED, Supervisor
from earsight.system import time_limits
from earsight.system.systemd import ServiceStatus
from earsight.system.throttling import Throttling
from earsight.triggers.trigger import Gesture, Press
from earsight.vision.describer import Describer
from earsight.vision.look_worker import LookWorker
from earsight.voice.speaker import Speaker
from earsight.voice.speech_queue import Outcome
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, Fault, ToneSynthesizer
from tests.earsight.init_system import InitSystem
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted, unplugged, until
from tests.earsight.words import english


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """With a watchdog that wants to be fed every 0.3 s."""
    monkeypatch.setenv("WATCHDOG_USEC", "300000")
    manager = InitSystem(tmp_path, monkeypatch)
    yield manager
    manager.close()


class Stage:
    def __init__(
        self, scene, crash_loop, synthesizer, player, read_throttling=None, replay_for=0.0, **camera
    ):
        self.scene = scene
        self.captioner = ColourCaptioner()
        self.camera = Camera(self.scene, retry_after=0.01, retry_at_most=0.02, **camera)
        self.look_worker = LookWorker(self.camera, lambda: Describer(self.captioner))
        self.player, self.heard = player, []
        self.speaker = Speaker(
            Voice(synthesizer, player, replay_for=replay_for, synthesis_limit=0.3, stuck_after=0.2),
            on_sound=lambda kind, text, _at: self.heard.append(text or f"({kind})"),
        )
        self.narrator = Narrator(
            self.look_worker, self.speaker, build_policy(Config()), Preferences(adjustable(Config()), None)
        )
        self.supervisor = Supervisor(
            self.camera, self.look_worker, self.narrator, ServiceStatus(), crash_loop, read_throttling
        )

    async def press(self):
        return await self.narrator.take(Press(Gesture.SHORT, time.monotonic()))


@asynccontextmanager
async def supervised(task, *, scene=None, synthesizer=None, player=None, crash_loop=None, **camera):
    on = Stage(
        scene or Scene(painted("red")),
        crash_loop or CrashLoop(None),
        synthesizer or ToneSynthesizer(),
        player or FastPlayer(),
        **camera,
    )
    on.camera.start()
    supervising = asyncio.gather(
        getattr(on.supervisor, task)(),
        on.narrator.notices.say(on.speaker, lambda: load_language("en")),
    )
    try:
        yield on
    finally:
        on.captioner.gate.set()
        on.scene.picture = unplugged()
        supervising.cancel()
        with suppress(asyncio.CancelledError):
            await supervising
        await on.narrator.close()
        await on.speaker.close()
        await asyncio.to_thread(on.camera.close)
        await asyncio.to_thread(on.look_worker.close)


def run(trial):
    asyncio.run(asyncio.wait_for(trial(), 60))


# Another machine that captions


def test_help_that_goes_and_comes_is_said_once_each(manager):
    async def trial():
        async with supervised("watch_other_machine") as on:
            await on.look_worker.ready()
            on.captioner.on_its_own = "http://192.168.1.20: no answer within 4 s"
            await until(lambda: english("remote.lost") in on.heard)
            assert "other machine: http://192.168.1.20: no answer" in manager.status
            on.captioner.on_its_own = None
            await until(lambda: english("remote.back") in on.heard)
            assert on.heard == [english("remote.lost"), english("remote.back")]
            assert manager.status == "Everything works."

    run(trial)


# The camera


def test_a_camera_that_goes_and_comes_is_said_once_each(manager):
    async def trial():
        async with supervised("watch_camera") as on:
            on.scene.picture = unplugged()
            await until(lambda: english("camera.lost") in on.heard)
            await until(lambda: "camera: The camera was unplugged" in manager.status)
            await asyncio.sleep(1.2)
            on.scene.picture = painted("red")
            await until(lambda: english("camera.back") in on.heard)
            assert on.heard == [english("camera.lost"), english("camera.back")]
            assert manager.status == "Everything works."

    run(trial)


def test_a_picture_now_and_then_is_no_camera_that_is_back():
    async def trial():
        async with supervised("watch_camera") as on:
            for _ in range(4):
                on.scene.picture = unplugged()
                await asyncio.sleep(0.6)
                on.scene.picture = painted("red")
                await asyncio.sleep(0.3)
            assert on.heard == [english("camera.lost")]

    run(trial)


def test_a_camera_that_stalls_is_lost_and_one_that_goes_on_is_back():
    async def trial():
        async with supervised("watch_camera", stalled_after=0.2) as on:
            await until(lambda: on.scene.shown > 0)
            on.scene.picture = None
            await until(lambda: english("camera.lost") in on.heard)
            on.scene.picture = painted("red")
            await until(lambda: english("camera.back") in on.heard)

    run(trial)


def test_a_loss_that_nobody_could_hear_is_said_when_sound_is_back():
    async def trial():
        async with supervised("watch_camera", player=FastPlayer(repeat(Fault.FAILS))) as on:
            on.scene.picture = unplugged()
            await until(lambda: on.speaker.silent is not None)
            calls = on.player.calls
            await asyncio.sleep(1.2)
            assert on.player.calls == calls, "it talks to nobody"
            on.player.mend()
            sounding = asyncio.create_task(on.supervisor.watch_sound())
            await until(lambda: english("camera.lost") in on.heard)
            assert on.heard == ["(ready)", english("sound.back"), english("camera.lost")]
            sounding.cancel()

    run(trial)


def test_a_camera_that_comes_back_unheard_is_not_told_of():
    async def trial():
        async with supervised("watch_camera", player=FastPlayer(repeat(Fault.FAILS))) as on:
            on.scene.picture = unplugged()
            await until(lambda: on.speaker.silent is not None)
            on.scene.picture = painted("red")
            await asyncio.sleep(2.5)
            on.player.mend()
            sounding = asyncio.create_task(on.supervisor.watch_sound())
            await until(lambda: english("sound.back") in on.heard)
            await asyncio.sleep(0.5)
            assert on.heard == ["(ready)", english("sound.back")]
            sounding.cancel()

    run(trial)


def test_black_pictures_are_no_lost_camera():
    async def trial():
        async with supervised("watch_camera") as on:
            on.scene.picture = BlackPictures("The camera gives only black pictures.")
            await until(lambda: english("camera.black") in on.heard and on.speaker.idle)
            assert await on.press() is PressEnd.ERROR_SPOKEN
            on.scene.picture = painted("red")
            await until(lambda: english("camera.back") in on.heard)
            assert on.heard == [
                english("camera.black"),
                "(look)",
                "I can't see: the picture is completely black.",
                english("camera.back"),
            ]

    run(trial)


# Sound


def test_sound_that_is_back_is_heard_at_once(manager, monkeypatch):
    monkeypatch.setattr(time_limits, "SOUND_RETRY", 0.1)

    async def trial():
        async with supervised("watch_sound", player=FastPlayer(repeat(Fault.FAILS))) as on:
            await on.press()
            await until(lambda: "sound: injected failure" in manager.status)
            assert on.heard == []
            on.player.mend()
            await until(lambda: english("sound.back") in on.heard)
            assert on.heard == ["(ready)", english("sound.back")]
            await until(lambda: manager.status == "Everything works.")

    run(trial)


def test_an_answer_that_is_tried_again_is_not_cut_off_by_an_attempt_to_be_heard(monkeypatch):
    monkeypatch.setattr(time_limits, "SOUND_POLL", 0.05)

    async def trial():
        player = FastPlayer([Fault.FAILS] * 2)
        async with supervised("watch_sound", player=player, replay_for=20.0) as on:
            assert await on.speaker.say(Utterance("Answer.", Priority.ANSWER, "en")) is Outcome.SPOKEN
            assert player.calls == 3

    run(trial)


# Heat and power


def test_a_hot_board_is_spared_and_it_is_said_once(manager, monkeypatch):
    monkeypatch.setattr(time_limits, "BOARD_POLL", 0.05)
    found = iter([None, *[Throttling.HOT] * 5])
    last = []

    async def reading():
        last.append(next(found, None))
        return last[-1]

    async def trial():
        async with supervised("watch_board", read_throttling=reading) as on:
            await until(lambda: english(THROTTLED[Throttling.HOT]) in on.heard)
            interval = on.narrator.narration.interval
            assert interval.throttled
            assert "board: hot" in manager.status
            await until(lambda: not interval.throttled and manager.status == "Everything works.")
            assert on.heard == [english(THROTTLED[Throttling.HOT])]
            assert manager.status == "Everything works."

    run(trial)


# The watchdog


def test_the_watchdog_is_fed_while_all_goes_well(manager):
    async def trial():
        async with supervised("feed_watchdog") as on:
            await until(lambda: manager.messages.count("WATCHDOG=1") >= 5)
            await on.press()
            assert "WATCHDOG=trigger" not in manager.messages

    run(trial)


def test_the_watchdog_is_fed_several_times_while_it_waits(manager, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")

    async def trial():
        async with supervised("feed_watchdog"):
            began = time.monotonic()
            await until(lambda: manager.messages.count("WATCHDOG=1") >= 3)
            assert time.monotonic() - began < 5, "one that is missed would end the process"

    run(trial)


def test_a_hung_inference_starves_the_watchdog(manager):
    async def trial():
        async with supervised("feed_watchdog") as on:
            on.captioner.gate.clear()
            pressed = asyncio.ensure_future(on.press())
            await until(lambda: on.captioner.described > 0)
            await until(lambda: manager.status == "slow: a description takes very long")
            fed = len(manager.messages)
            await asyncio.sleep(1.0)
            assert len(manager.messages) == fed
            on.captioner.gate.set()  # had it only been slow, it would be fed again
            await until(lambda: manager.messages[-1] == "WATCHDOG=1")
            assert manager.status == "Everything works."
            await pressed

    run(trial)


def test_a_hung_speech_engine_is_told_to_the_service_manager(manager, tmp_path):
    async def trial():
        crash_loop = CrashLoop(tmp_path / "starts")
        hanging = ToneSynthesizer(repeat(Fault.HANGS))
        async with supervised("feed_watchdog", synthesizer=hanging, crash_loop=crash_loop) as on:
            await on.press()
            await until(lambda: "WATCHDOG=trigger" in manager.messages)
            assert "hung: the speech engine hangs" in manager.status
            assert crash_loop.last_failure == "the speech engine hangs"
            messages = len(manager.messages)
            await asyncio.sleep(0.5)
            assert len(manager.messages) == messages, "it is never fed again"

    run(trial)


def test_a_hung_camera_that_had_worked_is_worth_a_new_process(manager):
    async def trial():
        async with supervised("feed_watchdog", hung_after=0.3) as on:
            await until(lambda: on.scene.shown > 0)
            on.scene.picture = None
            await until(lambda: "WATCHDOG=trigger" in manager.messages)
            assert "the camera's driver hangs" in manager.status

    run(trial)


def test_a_camera_that_hangs_from_the_start_is_no_reason_to_start_again_and_again(manager):
    async def trial():
        async with supervised("feed_watchdog", scene=Scene(None), hung_after=0.3):
            await asyncio.sleep(1.0)
            assert "WATCHDOG=trigger" not in manager.messages
            assert manager.messages.count("WATCHDOG=1") >= 2

    run(trial)
