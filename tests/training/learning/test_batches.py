import os

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from torch.utils.data import TensorDataset  # noqa: E402

from earsight_training.learning.batches import epoch_order, load_batches  # noqa: E402
from earsight_training.learning.distributed import Process  # noqa: E402
from tests.training.small_run import OneByOne  # noqa: E402


def test_an_epoch_has_whole_batches_in_an_order_of_its_own():
    order = epoch_order(23, 4, seed=1, epoch=2)
    assert order.shape == (5, 4)
    assert len(set(order.flat)) == 20
    assert set(order.flat) < set(range(23))
    assert np.array_equal(order, epoch_order(23, 4, seed=1, epoch=2))
    assert not np.array_equal(order, epoch_order(23, 4, seed=1, epoch=3))
    assert not np.array_equal(order, epoch_order(23, 4, seed=2, epoch=2))


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("size", [1, 3])
def test_the_processes_share_each_batch(size, wrapped):
    data = TensorDataset(torch.arange(23) * 10, torch.arange(23.0))
    order = epoch_order(23, 4, seed=1, epoch=0)
    shares = [
        list(
            load_batches(
                OneByOne(data) if wrapped else data, order, Process(rank, size, size, torch.device("cpu"))
            )
        )
        for rank in range(size)
    ]
    for number, batch in enumerate(order):
        for column, factor in enumerate((10, 1.0)):
            read = torch.cat([share[number][column] for share in shares])
            assert torch.equal(read, torch.from_numpy(batch) * factor)


def test_tokenizers_are_told_of_the_forks_to_come(monkeypatch):
    monkeypatch.delenv("TOKENIZERS_PARALLELISM", raising=False)
    data = OneByOne(TensorDataset(torch.arange(4)))
    load_batches(data, epoch_order(4, 2, 0, 0), Process(0, 1, 1, torch.device("cpu")))
    assert os.environ["TOKENIZERS_PARALLELISM"] == "false"
