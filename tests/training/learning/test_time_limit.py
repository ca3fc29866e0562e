import math

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.learning import time_limit  # noqa: E402
from earsight_training.learning.time_limit import TimeLimit  # noqa: E402
from tests.training.small_run import PLAN, small_run  # noqa: E402


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time_limit.time, "monotonic", lambda: now[0])
    return now


def test_work_is_begun_that_ends_in_time(clock):
    limit = TimeLimit(60)
    clock[0] += 40
    assert limit.leaves(17)
    assert not limit.reached
    assert not limit.leaves(18)  # it may take a little longer
    assert limit.reached
    assert not limit.leaves(0)  # what was left undone once is not begun later


def test_no_limit():
    limit = TimeLimit()
    assert limit.leaves(1e9)
    assert not TimeLimit(math.inf).reached


class _Epochs(TimeLimit):
    """Leaves time for so many epochs."""

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def leaves(self, _seconds):
        self.epochs -= 1
        self.reached = self.epochs < 0
        return not self.reached


def test_a_run_that_is_stopped_goes_on_to_the_very_same_weights(tmp_path, capsys):
    whole = small_run(tmp_path / "whole")
    limit = _Epochs(2)
    small_run(tmp_path / "cut", limit=limit)
    assert limit.reached
    assert f"small: stopped after epoch 2 of {PLAN.epochs}, to end in time" in capsys.readouterr().out
    resumed = small_run(tmp_path / "cut")
    for (name, one), other in zip(whole.state_dict().items(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other), name
