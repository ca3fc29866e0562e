import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.cameras.camera import Camera
from earsight.cameras.recent_frames import RecentFrames
from earsight.cameras.source import CameraError, StaleFrame
from earsight.scene import Frame
from tests.earsight.cameras.scripted import PICTURE, ScriptedSource, quick, until


@given(
    keep=st.integers(1, 6),
    gaps=st.lists(st.floats(0, 2), max_size=12),
    max_age=st.floats(0, 5),
    wait=st.floats(0, 5),
)
def test_only_the_newest_and_fresh_frames_are_given(
    keep: int, gaps: list[float], max_age: float, wait: float
) -> None:
    recent = RecentFrames(keep)
    times = np.cumsum(gaps).tolist()
    for at in times:
        recent.add(Frame(PICTURE, at))
    now = (times[-1] if times else 0.0) + wait
    expected = [at for at in times[-keep:] if now - at <= max_age]
    if expected:
        assert [frame.captured_at for frame in recent.within(max_age, now)] == expected
    else:
        with pytest.raises(StaleFrame):
            recent.within(max_age, now)


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=30))
def test_nothing_from_before_a_clear_comes_back(steps: list[float | None]) -> None:
    recent = RecentFrames(3)
    since: list[float] = []
    for at, step in enumerate(steps):
        if step is None:
            recent.clear()
            since = []
        else:
            recent.add(Frame(PICTURE, float(at)))
            since.append(float(at))
    assert len(recent) == min(3, len(since))
    if since:
        assert [f.captured_at for f in recent.within(1e9, len(steps))] == since[-3:]


def test_frames_arrive_newest_last_and_end_with_close() -> None:
    source = ScriptedSource()
    camera = quick(source, keep=3)
    with pytest.raises(StaleFrame, match="no picture yet"):
        camera.recent(1.0)
    camera.start()
    assert camera.wait_ready(5.0)
    until(lambda: len(camera.recent(5.0)) == 3)
    times = [frame.captured_at for frame in camera.recent(5.0)]
    assert times == sorted(times)
    assert times[-1] <= time.monotonic()
    assert camera.lost is None
    camera.close()
    camera.close()
    assert source.closed == 1
    assert len(source.threads) == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "camera"]
    with pytest.raises(CameraError, match="closed"):
        camera.recent(5.0)


def test_a_camera_that_was_never_started_can_be_closed() -> None:
    camera = quick(ScriptedSource())
    camera.close()
    assert not camera.wait_ready(0.0)


@pytest.mark.parametrize(
    ("rotation", "corner"), [(0, (0, 0)), (90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))]
)
def test_rotation_is_clockwise(rotation: int, corner: tuple[int, int]) -> None:
    camera = quick(ScriptedSource(), rotation=rotation)
    camera.start()
    assert camera.wait_ready(5.0)
    pixels = camera.recent(5.0)[-1].pixels
    camera.close()
    assert pixels.shape == ((4, 6, 3) if rotation % 180 == 0 else (6, 4, 3))
    assert pixels[corner].tolist() == [255] * 3
    assert pixels.sum() == 3 * 255


def test_a_crooked_rotation_is_refused() -> None:
    with pytest.raises(ValueError, match="45"):
        Camera(ScriptedSource(), rotation=45)
