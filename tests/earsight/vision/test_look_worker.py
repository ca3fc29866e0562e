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
from earsight.vision.look_worker import LookWorker
from earsight.vision.quality import QualityLimits
from tests.earsight.stand_ins import ColourCaptioner, Scene, painted, photo, unplugged, until

OLD = 60.0
"""Seconds: no picture of these tests is too old, however busy the machine."""


@contextmanager
def eyes_on(source, load):
    camera = Camera(source, retry_after=0.01, retry_at_most=0.02)
    eyes = LookWorker(camera, load)
    camera.start()
    camera.wait_ready(10 if isinstance(source, ReplaySource) or source.picture is not None else 0)
    try:
        yield eyes
    finally:
        source.picture = unplugged()  # ends a wait for a picture
        eyes.close(10)
        camera.close()


def loader(captioner):
    return lambda: captioner


def test_a_look_at_a_photo(tmp_path):
    async def trial():
        with eyes_on(ReplaySource(photo(tmp_path, "blue")), loader(ColourCaptioner())) as eyes:
            view = await eyes.look(OLD, QualityLimits())
            assert view.problem is None
            assert view.captions[0].text == "a blue wall"
            assert np.linalg.norm(view.embedding) == pytest.approx(1)

    asyncio.run(trial())


def test_a_bad_picture_is_not_described():
    captioner = ColourCaptioner()

    async def trial():
        with eyes_on(Scene(np.zeros((60, 80, 3), np.uint8)), loader(captioner)) as eyes:
            view = await eyes.look(OLD, QualityLimits())
            assert view.problem is Problem.DARK
            assert not view.captions
            assert captioner.encoded == 0
            unjudged = await eyes.look(OLD, None)
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
        with eyes_on(source := Shaking(painted("blue")), loader(ColourCaptioner())) as eyes:
            await until(lambda: source.shown >= 5)
            view = await eyes.look(OLD, None)
            seen.set()
            assert view.captions[0].text == "a red wall"

    asyncio.run(trial())


def test_news_only_of_another_scene():
    captioner = ColourCaptioner()

    async def trial():
        with eyes_on(scene := Scene(painted("red")), loader(captioner)) as eyes:
            first = (await eyes.look_for_news(OLD, None, None, 0.3)).view
            assert first is not None
            assert first.captions[0].text == "a red wall"
            assert (await eyes.look_for_news(OLD, None, first.embedding, 0.3)).view is None
            assert captioner.described == 1, "an old scene is not decoded"
            scene.picture = painted("green")
            shown = scene.shown
            await until(lambda: scene.shown >= shown + 7)
            second = (await eyes.look_for_news(OLD, None, first.embedding, 0.3)).view
            assert second is not None
            assert second.captions[0].text == "a green wall"

    asyncio.run(trial())


def test_a_lost_camera_a_stale_and_a_missing_picture():
    async def trial():
        with eyes_on(scene := Scene(unplugged()), loader(ColourCaptioner())) as eyes:
            await asyncio.sleep(0.05)
            with pytest.raises(CameraError, match="unplugged"):
                await eyes.look(OLD, None)
            scene.picture = painted("red")
            shown = scene.shown
            await until(lambda: scene.shown >= shown + 2)
            assert (await eyes.look(OLD, None)).captions
            scene.picture = None
            await asyncio.sleep(0.2)
            with pytest.raises(StaleFrame):
                await eyes.look(0.1, None)
        with (
            eyes_on(Scene(None), loader(ColourCaptioner())) as eyes,
            pytest.raises(StaleFrame, match="no picture yet"),
        ):
            await eyes.look(OLD, None)

    asyncio.run(trial())


def test_a_mended_bundle_needs_no_restart():
    attempts = []

    def load():
        attempts.append(1)
        if len(attempts) < 3:
            raise BundleError("decoder.onnx: damaged; copy the bundle again")
        return ColourCaptioner()

    async def trial():
        with eyes_on(Scene(painted("red")), load) as eyes:
            with pytest.raises(BundleError):
                await eyes.ready()
            with pytest.raises(BundleError):
                await eyes.look(OLD, None)
            assert (await eyes.look(OLD, None)).captions
            await eyes.look(OLD, None)
            assert len(attempts) == 3

    asyncio.run(trial())


@pytest.mark.parametrize("error", [RuntimeError("onnx"), MemoryError(), SystemExit(3), IndexError()])
def test_whatever_breaks_is_told_and_the_worker_goes_on(error):
    captioner = ColourCaptioner()

    async def trial():
        with eyes_on(Scene(painted("red")), loader(captioner)) as eyes:
            captioner.fault = error
            looking = eyes.look(OLD, None)
            await asyncio.wait([looking])
            assert looking.exception() is error
            captioner.fault = None
            assert (await eyes.look(OLD, None)).captions

    asyncio.run(trial())


def test_a_cancelled_look_that_waits_is_left_out():
    captioner = ColourCaptioner()

    async def trial():
        with eyes_on(Scene(painted("red")), loader(captioner)) as eyes:
            captioner.gate.clear()
            under_way = eyes.look(OLD, None)
            await until(lambda: captioner.described == 1)
            for waiting in [eyes.look(OLD, None) for _ in range(20)]:
                waiting.cancel()
            under_way.cancel()
            last = eyes.look(OLD, None)
            await asyncio.sleep(0)
            captioner.gate.set()
            assert (await last).captions
            assert captioner.described == 2

    asyncio.run(trial())


def test_the_loop_never_waits_for_the_captioner():
    captioner = ColourCaptioner()

    async def trial():
        with eyes_on(Scene(painted("red")), loader(captioner)) as eyes:
            captioner.gate.clear()
            looking, pulse = eyes.look(OLD, None), eyes.pulse()
            await asyncio.sleep(0.1)
            assert not looking.done()
            assert not pulse.done(), "a pulse is a sign that the worker works"
            captioner.gate.set()
            await pulse
            assert looking.done()

    asyncio.run(trial())


def test_close_does_not_wait_for_ever():
    captioner = ColourCaptioner()

    async def trial():
        with eyes_on(Scene(painted("red")), loader(captioner)) as eyes:
            captioner.gate.clear()
            looking = eyes.look(OLD, None)
            began = time.monotonic()
            await asyncio.to_thread(eyes.close, 0.1)
            assert time.monotonic() - began < 5
            captioner.gate.set()
            assert (await looking).captions
            await until(lambda: "eyes" not in {thread.name for thread in threading.enumerate()})

    asyncio.run(trial())


def test_how_long_a_glance_took_is_without_the_wait_for_a_picture():
    async def trial():
        with eyes_on(scene := Scene(painted("red")), loader(ColourCaptioner())) as eyes:
            await eyes.ready()
            scene.picture = None
            await asyncio.sleep(0.2)
            began = time.monotonic()
            glance = eyes.look_for_news(0.1, None, None, 0.3)
            await asyncio.sleep(0.8)
            scene.picture = painted("green")
            assert (await glance).view.captions[0].text == "a green wall"
            waited = time.monotonic() - began
            assert waited > 0.8
            assert (await glance).seconds < waited - 0.7

    asyncio.run(trial())
