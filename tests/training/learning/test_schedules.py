from itertools import pairwise

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.learning.schedules import warmup_cosine, warmup_linear  # noqa: E402


def test_cosine_rises_then_falls_to_nothing():
    factors = [warmup_cosine(step, 10, 100) for step in range(101)]
    assert factors[0] == pytest.approx(0.1)
    assert max(factors) == factors[9] == factors[10] == 1
    assert all(later < earlier for earlier, later in pairwise(factors[10:]))
    assert factors[100] == pytest.approx(0)


@pytest.mark.parametrize(("warmup", "total"), [(0, 20), (5, 20), (20, 20), (30, 20)])
def test_linear_is_the_published_schedule(warmup, total):
    transformers = pytest.importorskip("transformers", reason="comes with the train extra")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, warmup, total)
    for step in range(total + 1):
        assert warmup_linear(step, warmup, total) == pytest.approx(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
