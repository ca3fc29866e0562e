"""When a camera that was lost counts as back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earsight.service.camera_loss import CameraLoss
from earsight.system import time_limits

BACK, LONGEST, RESET = time_limits.CAMERA_BACK, time_limits.CAMERA_LONGEST_BACK, time_limits.CAMERA_BACK_RESET


def seconds_until_back(loss: CameraLoss, lost_at: float) -> float:
    """Lose the camera for a moment; how long it then has to work."""
    loss.lost(lost_at)
    now = lost_at
    while not loss.works(now):
        now += 0.25
    return now - lost_at


def test_a_camera_that_was_never_lost_is_not_back() -> None:
    assert not CameraLoss().works(1e6)


def test_a_camera_has_to_work_for_a_while_without_a_loss() -> None:
    loss = CameraLoss()
    for at in (0.0, 0.75, 1.5):
        loss.lost(at)
        assert not loss.works(at + 0.5)
    assert not loss.works(1.5 + BACK - 0.25)
    assert loss.works(1.5 + BACK)


def test_it_is_back_once_for_each_loss() -> None:
    loss = CameraLoss()
    loss.lost(0.0)
    assert [loss.works(BACK), loss.works(BACK + 1)] == [True, False]


def test_a_loose_plug_has_to_work_twice_as_long_each_time() -> None:
    loss, now, delays = CameraLoss(), 0.0, []
    for _ in range(8):
        delays.append(seconds_until_back(loss, now))
        now += delays[-1] + RESET - 0.25
    assert delays == [1, 2, 4, 8, 16, LONGEST, LONGEST, LONGEST]


def test_a_camera_that_has_worked_for_long_is_back_soon_again() -> None:
    loss, now = CameraLoss(), 0.0
    for _ in range(3):
        now += seconds_until_back(loss, now)
    assert seconds_until_back(loss, now + RESET) == BACK


def test_a_loss_that_lasts_is_one_loss() -> None:
    loss = CameraLoss()
    for at in range(10):
        loss.lost(float(at))
    assert loss.works(9 + BACK)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 100)), max_size=60))
def test_losses_and_returns_take_turns(steps: list[tuple[bool, float]]) -> None:
    loss, now, is_lost = CameraLoss(), 0.0, False
    for loses, pause in steps:
        now += pause
        if loses:
            is_lost = True
            loss.lost(now)
        elif loss.works(now):
            assert is_lost
            is_lost = False
    if is_lost:
        assert loss.works(now + LONGEST)
