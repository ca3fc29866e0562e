import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.cameras.camera import Camera, RecentFrames
from earsight.cameras.source import CameraError, StaleFrame
from earsight.scene import Frame

PICTURE = np.zeros((4, 6, 3), np.uint8)
PICTURE[0, 0] = 255  # the top left corner


class ScriptedSource:
    """A device that does what its script says, one step a call of read(); then pictures for ever."""

    def __init__(self, *steps: Callable[[], np.ndarray], refusals: int = 0) -> None:
        self.steps = list(steps)
        self.refusals = refusals
        self.opened: list[float] = []
        self.closed = 0
        self.threads: set[int] = set()

    def open(self) -> None:
        self.opened.append(time.monotonic())
        self.threads.add(threading.get_ident())
        if len(self.opened) <= self.refusals:
            raise CameraError("No cable.")

    def read(self) -> np.ndarray:
        self.threads.add(threading.get_ident())
        if self.steps:
            return self.steps.pop(0)()
        time.sleep(0.002)
        return PICTURE

    def close(self) -> None:
        self.threads.add(threading.get_ident())
        self.closed += 1


def fail(message: str = "The plug is out.") -> Callable[[], np.ndarray]:
    def step() -> np.ndarray:
        raise CameraError(message)

    return step


def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.002)


def seen(camera: Camera) -> bool:
    try:
        return bool(camera.recent(60.0))
    except CameraError:
        return False


def quick(source: ScriptedSource, **options: float) -> Camera:
    return Camera(source, **{"retry_after": 0.01, "retry_at_most": 0.04, **options})  # type: ignore[arg-type]


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


def test_it_is_lost_says_why_and_comes_back() -> None:
    gate = threading.Event()

    def held() -> np.ndarray:
        gate.wait(5.0)
        return PICTURE

    source = ScriptedSource(lambda: PICTURE, fail(), held)
    camera = quick(source)
    camera.start()
    until(lambda: camera.lost is not None)
    assert camera.lost == "The plug is out."
    with pytest.raises(CameraError, match="The plug is out"):
        camera.recent(60.0)  # nor is an old frame given out as if nothing had happened
    gate.set()
    until(lambda: camera.lost is None)
    assert camera.recent(5.0)
    camera.close()
    assert source.closed == len(source.opened) == 2


def test_pauses_between_attempts_grow_up_to_the_longest() -> None:
    source = ScriptedSource(refusals=6)
    camera = quick(source, retry_after=0.02, retry_at_most=0.08)
    camera.start()
    until(lambda: seen(camera))
    camera.close()
    pauses = np.diff(source.opened)
    assert len(pauses) == 6
    assert all(pause >= least for pause, least in zip(pauses, [0.02, 0.04] + [0.08] * 4, strict=True))
    assert source.closed == 7


def test_a_driver_s_surprise_is_survived_in_one_line() -> None:
    def surprise() -> np.ndarray:
        raise RuntimeError("two\nlines")

    source = ScriptedSource(surprise, *[fail()] * 2)
    camera = quick(source)
    camera.start()
    until(lambda: len(source.opened) > 1)
    until(lambda: seen(camera))
    camera.close()

    forever = ScriptedSource(*[surprise] * 1000)
    camera = quick(forever)
    camera.start()
    until(lambda: camera.lost is not None)
    assert camera.lost == "The camera failed: RuntimeError: two lines"
    camera.close()


def test_a_close_that_fails_is_survived() -> None:
    class Stubborn(ScriptedSource):
        def close(self) -> None:
            super().close()
            raise OSError("still busy")

    source = Stubborn(fail())
    camera = quick(source)
    camera.start()
    until(lambda: seen(camera))
    camera.close()


def test_a_read_that_hangs_holds_up_nobody() -> None:
    release = threading.Event()

    def hang() -> np.ndarray:
        release.wait(30.0)
        return PICTURE

    source = ScriptedSource(lambda: PICTURE, hang)
    camera = quick(source, stalled_after=0.05)
    camera.start()
    assert camera.wait_ready(5.0)
    until(lambda: camera.lost is not None)
    with pytest.raises(StaleFrame, match="s old"):
        camera.recent(0.01)
    began = time.monotonic()
    camera.close(timeout=0.05)
    assert time.monotonic() - began < 2.0
    release.set()  # when the device answers after all, the thread gives it back and ends
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "camera"])
    assert source.closed == 1


def test_a_camera_that_stutters_is_waited_for() -> None:
    go_on = threading.Event()

    def stutter() -> np.ndarray:
        go_on.wait(30.0)
        return PICTURE

    camera = quick(ScriptedSource(lambda: PICTURE, stutter))
    camera.start()
    assert camera.wait_ready(5.0)
    time.sleep(0.1)
    with pytest.raises(StaleFrame, match="s old"):
        camera.recent(0.05, patience=0.05)
    asked = time.monotonic()
    timer = threading.Timer(0.05, go_on.set)
    timer.start()
    assert camera.recent(0.05, patience=30.0)[-1].captured_at > asked
    timer.join()
    camera.close()


def test_the_wait_for_a_fresh_frame_ends_with_a_failure() -> None:
    began = time.monotonic()
    pulled = threading.Event()

    def pull() -> np.ndarray:
        pulled.wait(30.0)
        raise CameraError("The plug is out.")

    camera = Camera(ScriptedSource(lambda: PICTURE, pull), retry_after=60.0, retry_at_most=60.0)
    camera.start()
    assert camera.wait_ready(5.0)
    time.sleep(0.1)
    timer = threading.Timer(0.05, pulled.set)
    timer.start()
    with pytest.raises(CameraError, match="plug"):
        camera.recent(0.01, patience=30.0)
    assert time.monotonic() - began < 15.0
    timer.join()
    camera.close()


def test_waiting_for_the_first_frame_ends_with_a_failure_or_with_close() -> None:
    began = time.monotonic()
    camera = Camera(ScriptedSource(refusals=10**6), retry_after=60.0, retry_at_most=60.0)
    camera.start()
    assert not camera.wait_ready(30.0)
    assert camera.lost == "No cable."
    camera.close()

    release = threading.Event()

    def hang() -> np.ndarray:
        release.wait(30.0)
        return PICTURE

    camera = quick(ScriptedSource(hang))
    camera.start()
    timer = threading.Timer(0.05, lambda: camera.close(timeout=0.0))
    timer.start()
    assert not camera.wait_ready(30.0)
    assert time.monotonic() - began < 15.0
    timer.join()
    release.set()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "camera"])


def test_close_does_not_sit_out_a_long_pause() -> None:
    camera = Camera(ScriptedSource(refusals=10**6), retry_after=60.0, retry_at_most=60.0)
    camera.start()
    until(lambda: camera.lost is not None)
    began = time.monotonic()
    camera.close()
    assert time.monotonic() - began < 2.0
    assert not [thread for thread in threading.enumerate() if thread.name == "camera"]


@pytest.mark.parametrize("seed", range(5))
def test_random_failures_leave_nothing_behind(seed: int) -> None:
    chance = np.random.default_rng(seed)
    steps = [fail() if chance.random() < 0.5 else (lambda: PICTURE) for _ in range(40)]
    source = ScriptedSource(*steps, refusals=int(chance.integers(0, 4)))
    camera = quick(source, retry_after=0.001, retry_at_most=0.002)
    camera.start()
    until(lambda: not source.steps)
    until(lambda: seen(camera))
    camera.close()
    assert source.closed == len(source.opened)
    assert not [thread for thread in threading.enumerate() if thread.name == "camera"]
