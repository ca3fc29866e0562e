import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.learning.distributed import this_process  # noqa: E402

TORCHRUN = {"WORLD_SIZE": "6", "RANK": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "3"}


def started(monkeypatch, gpus, **environment):
    for name in TORCHRUN:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    return this_process()


@pytest.mark.parametrize(("gpus", "device"), [(0, "cpu"), (2, "cuda")])
def test_without_torchrun_it_is_the_only_one(monkeypatch, gpus, device):
    process = started(monkeypatch, gpus)
    assert (process.rank, process.size, process.local_size) == (0, 1, 1)
    assert process.is_main
    assert process.device == torch.device(device)


@pytest.mark.parametrize(("gpus", "device"), [(0, "cpu"), (3, "cuda:1"), (4, "cuda:1")])
def test_torchrun_says_which_one_it_is(monkeypatch, gpus, device):
    process = started(monkeypatch, gpus, **TORCHRUN)
    assert (process.rank, process.size, process.local_size) == (4, 6, 3)
    assert not process.is_main
    assert process.device == torch.device(device)


def test_more_processes_than_gpus_are_refused(monkeypatch):
    with pytest.raises(TrainingError, match="3 processes for 2 GPUs; make --nproc-per-node smaller"):
        started(monkeypatch, 2, **TORCHRUN)


@pytest.mark.parametrize("environment", [{"WORLD_SIZE": "2"}, {"WORLD_SIZE": "two"}])
def test_half_an_environment_is_refused(monkeypatch, environment):
    with pytest.raises(TrainingError, match="start by torchrun") as refused:
        started(monkeypatch, 0, **environment)
    assert "\n" not in str(refused.value)
