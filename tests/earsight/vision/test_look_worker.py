import asyncio
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest

from earsight.bundles.bundle import BundleError
from earsight.cameras.camera import Camera
from earsight.cameras.replay import ReplaySource
from earsight.cameras.source import CameraError, StaleFrame
from earsight.scene import Problem
from earsight.system import time_limits
from earsight.vision.describer import TEXT, Describer, LookRequest
from earsight.vision.look_worker import THREAD, LookSupersededError, LookWorker
from earsight.vision.novelty import KnownScene, cosine_distance
from earsight.vision.quality import QualityLimits
from tests.earsight.stand_ins import (
    ColourCaptioner,
    Scene,
    ShownText,
    painted,
    photo,
    text_line,
    unplugged,
    until,
)

OLD = 60.0
"""Seconds: no picture of these tests is too old, however busy the machine."""


@contextmanager
def worker_on(source, load):
    camera = Camera(source, retry_after=0.01, retry_at_most=0.02)
    worker = LookWorker(camera, load)
    camera.start()
    camera.wait_ready(10 if isinstance(source, ReplaySource) or source.picture is not None else 0)
    try:
        yield worker
    finally:
        source.picture = unplugged()  # ends a wait for a picture
        worker.close(10)
        camera.close()


def loader(captioner):
    return lambda: Describer(captioner)


async def show(scene, picture):
    """Put something else in front of the camera, until no older frame is left."""
    scene.picture = picture
    shown = scene.shown
    await until(lambda: scene.shown >= shown + 7)


def test_a_look_at_a_photo(tmp_path):
    async def trial():
        with worker_on(ReplaySource(photo(tmp_path, "blue")), loader(ColourCaptioner())) as worker:
            scene = (await worker.look(OLD, LookRequest(QualityLimits()))).scene
            assert scene.problem is None
            assert scene.captions[0].text == "a blue wall"
            assert np.linalg.norm(scene.embedding) == pytest.approx(1)

    asyncio.run(trial())


def test_a_bad_picture_is_not_described():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(Scene(np.zeros((60, 80, 3), np.uint8)), loader(captioner)) as worker:
            scene = (await worker.look(OLD, LookRequest(QualityLimits()))).scene
            assert scene.problem is Problem.DARK
            assert not scene.captions
            assert captioner.encoded == 0
            unjudged = (await worker.look(OLD)).scene
            assert unjudged.problem is None

    asyncio.run(trial())


def test_the_sharpest_of_the_last_frames_is_described():
    seen = threading.Event()

    class Shaking(Scene):
        """Sharp once, and blurred before and after."""

        def read(self):
            super().read()
            if self.shown == 3:
                return painted("red")
            if self.shown > 5:
                seen.wait(30)
            return np.full((60, 80, 3), (40, 50, 220), np.uint8)

    async def trial():
        with worker_on(source := Shaking(painted("blue")), loader(ColourCaptioner())) as worker:
            await until(lambda: source.shown >= 5)
            look = await worker.look(OLD)
            seen.set()
            assert look.scene.captions[0].text == "a red wall"

    asyncio.run(trial())


def unless(embedding, threshold):
    known = KnownScene(embedding, threshold)
    return LookRequest(worth_captions=lambda scene: not known.includes(scene.embedding))


def test_only_a_new_scene_is_decoded():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(scene := Scene(painted("red")), loader(captioner)) as worker:
            red = (await worker.look(OLD, LookRequest(captions=False))).scene.embedding
            assert (await worker.look(OLD, unless(red, 0.001))).scene.captions == ()
            await show(scene, painted("green"))
            green = (await worker.look(OLD, LookRequest(captions=False))).scene.embedding
            distance = cosine_distance(green, red)
            assert (await worker.look(OLD, unless(red, distance + 1e-6))).scene.captions == ()
            assert captioner.described == 0
            new = (await worker.look(OLD, unless(red, distance))).scene
            assert new.captions[0].text == "a green wall"

    asyncio.run(trial())


def test_a_lost_camera_a_stale_and_a_missing_picture():
    async def trial():
        with worker_on(scene := Scene(unplugged()), loader(ColourCaptioner())) as worker:
            await asyncio.sleep(0.05)
            with pytest.raises(CameraError, match="unplugged"):
                await worker.look(OLD)
            scene.picture = painted("red")
            shown = scene.shown
            await until(lambda: scene.shown >= shown + 2)
            assert (await worker.look(OLD)).scene.captions
            scene.picture = None
            await asyncio.sleep(0.2)
            with pytest.raises(StaleFrame):
                await worker.look(0.1)
        with (
            worker_on(Scene(None), loader(ColourCaptioner())) as worker,
            pytest.raises(StaleFrame, match="no picture yet"),
        ):
            await worker.look(OLD)

    asyncio.run(trial())


def test_a_mended_bundle_needs_no_restart():
    attempts = []

    def load():
        attempts.append(1)
        if len(attempts) < 3:
            raise BundleError("decoder.onnx: damaged; copy the bundle again")
        return Describer(ColourCaptioner())

    async def trial():
        with worker_on(Scene(painted("red")), load) as worker:
            with pytest.raises(BundleError):
                await worker.ready()
            with pytest.raises(BundleError):
                await worker.look(OLD)
            assert (await worker.look(OLD)).scene.captions
            await worker.look(OLD)
            assert len(attempts) == 3

    asyncio.run(trial())


@pytest.mark.parametrize("error", [RuntimeError("onnx"), MemoryError(), SystemExit(3), IndexError()])
def test_whatever_breaks_is_told_and_the_worker_goes_on(error):
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(Scene(painted("red")), loader(captioner)) as worker:
            captioner.fault = error
            looking = worker.look(OLD)
            await asyncio.wait([looking])
            assert looking.exception() is error
            captioner.fault = None
            assert (await worker.look(OLD)).scene.captions

    asyncio.run(trial())


def test_cancelled_looks_are_left_out_and_the_one_under_way_ends():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(Scene(painted("red")), loader(captioner)) as worker:
            captioner.gate.clear()
            under_way = worker.look(OLD)
            await until(lambda: captioner.described == 1)
            for waiting in [worker.look(OLD) for _ in range(20)]:
                waiting.cancel()
            under_way.cancel()
            last = worker.look(OLD)
            await until(lambda: captioner.described == 2)
            captioner.gate.set()
            assert (await last).scene.captions

    asyncio.run(trial())


def test_a_look_that_somebody_waits_for_ends_a_background_look():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(Scene(painted("red")), loader(captioner)) as worker:
            captioner.gate.clear()
            decoding = worker.look(OLD, background=True)
            await until(lambda: captioner.described == 1)
            queued = worker.look(OLD, background=True)
            pressed = worker.look(OLD)
            for superseded in (decoding, queued):
                with pytest.raises(LookSupersededError):
                    await superseded
            await until(lambda: captioner.described == 2)
            captioner.gate.set()
            assert (await pressed).scene.captions
            later = worker.look(OLD, background=True)
            assert (await later).scene.captions, "only the looks before the press make room for it"
            assert captioner.encoded == 3

    asyncio.run(trial())


def test_a_superseded_look_does_not_wait_for_a_picture():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(scene := Scene(painted("red")), loader(captioner)) as worker:
            captioner.gate.clear()
            decoding = worker.look(OLD)
            await until(lambda: captioner.described == 1)
            scene.picture = None
            await asyncio.sleep(0.1)
            background = worker.look(0.01, background=True)
            pressed = worker.look(OLD)
            captioner.gate.set()
            with pytest.raises(LookSupersededError):
                await background
            assert (await decoding).scene.captions
            assert (await pressed).scene.captions

    asyncio.run(trial())


def test_a_look_that_somebody_waits_for_is_not_superseded():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(Scene(painted("red")), loader(captioner)) as worker:
            captioner.gate.clear()
            looks = [worker.look(OLD) for _ in range(3)]
            await until(lambda: captioner.described == 1)
            await asyncio.sleep(0.1)
            captioner.gate.set()
            for look in looks:
                assert (await look).scene.captions

    asyncio.run(trial())


def test_a_background_look_ends_no_other():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(Scene(painted("red")), loader(captioner)) as worker:
            captioner.gate.clear()
            first, second = worker.look(OLD), worker.look(OLD, background=True)
            await until(lambda: captioner.described == 1)
            third = worker.look(OLD, background=True)
            await asyncio.sleep(0.1)
            assert captioner.described == 1
            captioner.gate.set()
            for look in (first, second, third):
                assert (await look).scene.captions

    asyncio.run(trial())


def test_the_loop_never_waits_for_the_captioner():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(Scene(painted("red")), loader(captioner)) as worker:
            captioner.gate.clear()
            looking, heartbeat = worker.look(OLD), worker.heartbeat()
            await asyncio.sleep(0.1)
            assert not looking.done()
            assert not heartbeat.done(), "a heartbeat is a sign that the worker works"
            captioner.gate.set()
            await heartbeat
            assert looking.done()

    asyncio.run(trial())


def test_close_does_not_wait_for_ever():
    captioner = ColourCaptioner()

    async def trial():
        with worker_on(Scene(painted("red")), loader(captioner)) as worker:
            captioner.gate.clear()
            looking = worker.look(OLD)
            began = time.monotonic()
            await asyncio.to_thread(worker.close, 0.1)
            assert time.monotonic() - began < 5
            captioner.gate.set()
            assert (await looking).scene.captions
            await until(lambda: THREAD not in {thread.name for thread in threading.enumerate()})

    asyncio.run(trial())


def test_the_seconds_of_a_look_are_without_the_wait_for_a_picture():
    async def trial():
        with worker_on(scene := Scene(painted("red")), loader(ColourCaptioner())) as worker:
            await worker.ready()
            scene.picture = None
            await asyncio.sleep(0.2)
            began = time.monotonic()
            looking = worker.look(0.1)
            await asyncio.sleep(0.8)
            scene.picture = painted("green")
            assert (await looking).scene.captions[0].text == "a green wall"
            waited = time.monotonic() - began
            assert waited > 0.8
            assert (await looking).total < waited - 0.7

    asyncio.run(trial())


class WithStills(Scene):
    """A camera that has larger pictures as well."""

    stills = 0

    def still(self):
        self.stills += 1
        return np.repeat(np.repeat(painted("red"), 2, axis=0), 2, axis=1)


def test_text_is_read_in_a_still_if_the_camera_gives_one():
    async def trial():
        reader, usual = ShownText(text_line("EXIT", 0.95)), painted("red").shape[:2]
        for source in (WithStills(painted("red")), Scene(painted("red"))):
            with worker_on(source, lambda: Describer(ColourCaptioner(), reader=reader)) as worker:
                look = await worker.look(OLD, TEXT)
                assert look.scene.text is not None
                await worker.look(OLD, LookRequest(text=True))  # for a description, nothing is switched
        assert reader.read_in == [tuple(2 * side for side in usual), usual, usual, usual]

    asyncio.run(trial())


def test_a_worker_that_has_nothing_to_do_frees_what_is_not_used(monkeypatch):
    monkeypatch.setattr(time_limits, "RESTING", 0.01)

    async def trial():
        reader = ShownText(text_line("EXIT", 0.95))
        with worker_on(Scene(painted("red")), lambda: Describer(ColourCaptioner(), reader=reader)) as worker:
            await worker.look(OLD, TEXT)
            asked = reader.let_go_asked
            await until(lambda: reader.let_go_asked > asked + 1)

    asyncio.run(trial())
