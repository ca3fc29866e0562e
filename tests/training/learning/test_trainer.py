import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.checkpoints import load_checkpoint  # noqa: E402
from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.learning import trainer  # noqa: E402
from earsight_training.learning.validation import Validation  # noqa: E402
from tests.training.small_run import (  # noqa: E402
    PLAN,
    InterruptionError,
    OneByOne,
    small_data,
    small_run,
)

ROOT = Path(__file__).parents[3]


def losses(folder):
    return [row["losses"] for row in load_checkpoint(folder / "small.pt")["history"]]


def assert_close(weights, others, **tolerance):
    assert weights.keys() == others.keys()
    for name, tensor in weights.items():
        torch.testing.assert_close(
            tensor, others[name], msg=lambda said, name=name: f"{name}: {said}", **tolerance
        )


# Of torch, when a thread of gloo's lets go of a tensor while Python is ending (its pull request 179291).
RACE_AT_EXIT = "terminate called without an active exception"


def in_two_processes(folder):
    done = torchrun(folder)
    if done.returncode and RACE_AT_EXIT in done.stderr:
        shutil.rmtree(folder)
        done = torchrun(folder)
    return done


def torchrun(folder):
    folder.mkdir()
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    return subprocess.run(
        [*command, "-m", "tests.training.small_run", folder],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([".", "daemon", "training"])},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_two_processes_learn_what_one_does(tmp_path, capfd):
    """The same losses and weights, though shares weigh differently; and one process can go on from there."""
    alone = small_run(tmp_path / "alone").state_dict()
    printed = capfd.readouterr().out.splitlines()
    assert len(printed) == PLAN.epochs
    two = in_two_processes(tmp_path / "two")
    assert two.returncode == 0, two.stderr
    assert two.stdout.splitlines() == [*printed[:2], *printed]  # by the first process alone
    for ours, theirs in zip(losses(tmp_path / "alone"), losses(tmp_path / "two" / "whole"), strict=True):
        assert theirs == pytest.approx(ours, rel=1e-4)
    ends = [torch.load(tmp_path / "two" / f"process{rank}.pt", weights_only=True) for rank in (0, 1)]
    assert_close(ends[0], ends[1], rtol=0, atol=0)
    assert_close(ends[0], alone, rtol=1e-4, atol=1e-6)

    assert len(losses(tmp_path / "two" / "cut")) == 2
    assert_close(small_run(tmp_path / "two" / "cut").state_dict(), alone, rtol=1e-4, atol=1e-6)


def score_of(scores):
    """A validation that measures the given scores, one after the other."""
    left = iter(scores)
    return lambda model: {"CIDEr": next(left), "length": float(sum(p.sum() for p in model.parameters()))}


@pytest.mark.parametrize("ema", [0.8, None])
def test_resuming_gives_the_very_same_weights_and_curve(tmp_path, ema):
    plan, scores = replace(PLAN, ema=ema), [0.1, 0.3, 0.2, 0.25]
    whole = small_run(tmp_path / "whole", plan, validation=Validation(score_of(scores), "CIDEr"))
    with pytest.raises(InterruptionError):
        small_run(tmp_path / "cut", plan, validation=Validation(score_of(scores), "CIDEr"), cut=2)
    resumed = small_run(tmp_path / "cut", plan, validation=Validation(score_of(scores[2:]), "CIDEr"))
    assert_close(whole.state_dict(), resumed.state_dict(), rtol=0, atol=0)
    rows = [
        [(row["losses"], row["metrics"], row["learning_rates"]) for row in load_checkpoint(path)["history"]]
        for path in (tmp_path / "whole" / "small.pt", tmp_path / "cut" / "small.pt")
    ]
    assert rows[0] == rows[1]
    assert len((tmp_path / "cut" / "curve.csv").read_text().splitlines()) == 1 + len(scores)


def test_validation_changes_nothing_but_what_is_returned(tmp_path):
    plan = replace(PLAN, ema=None)

    def measure(model):
        assert not model.training
        assert not model.decoder(torch.zeros(1, 8)).requires_grad
        torch.rand(3)
        return {"CIDEr": 1.0}

    plain = small_run(tmp_path / "plain", plan)
    watched = small_run(tmp_path / "watched", plan, validation=Validation(measure))
    assert watched.training
    assert_close(plain.state_dict(), watched.state_dict(), rtol=0, atol=0)


@pytest.mark.parametrize("ema", [0.8, None])
def test_the_best_epoch_is_returned_and_patience_ends(tmp_path, ema, capsys):
    measured = []

    def validation(scores, patience):
        measure = score_of(scores)

        def remembering(model):
            measured.append({name: tensor.clone() for name, tensor in model.state_dict().items()})
            return measure(model)

        return Validation(remembering, "CIDEr", patience)

    plan = replace(PLAN, epochs=9, ema=ema)
    scores = [0.1, 0.5, float("nan"), 0.5, 0.4, 0.6]
    trained = small_run(tmp_path, plan, validation=validation(scores, patience=3))
    assert len(measured) == 5
    assert_close(trained.state_dict(), measured[1], rtol=0, atol=0)
    assert "CIDEr has been best in epoch 2: stopped" in capsys.readouterr().out

    again = small_run(tmp_path, plan, validation=validation([], patience=3))  # it stays stopped
    assert_close(again.state_dict(), measured[1], rtol=0, atol=0)
    more = small_run(tmp_path, plan, validation=validation([0.6, 0.2, 0.3, 0.1], patience=4))
    assert len(measured) == 9
    assert_close(more.state_dict(), measured[5], rtol=0, atol=0)
    (tmp_path / "small.best.pt").unlink()
    with pytest.raises(TrainingError, match=r"small\.best\.pt: the weights of epoch 6 are gone"):
        small_run(tmp_path, plan, validation=validation([], patience=4))


def test_a_metric_that_is_not_measured_is_named(tmp_path):
    with pytest.raises(TrainingError, match="validation measures CIDEr, length, not METEOR"):
        small_run(tmp_path, validation=Validation(score_of([0.1]), "METEOR"))


def test_without_an_average_the_checkpoint_holds_none(tmp_path):
    trained = small_run(tmp_path, replace(PLAN, ema=None))
    state = load_checkpoint(tmp_path / "small.pt")
    assert "average" not in state
    assert_close(trained.state_dict(), state["model"], rtol=0, atol=0)


def test_data_in_memory_and_data_of_workers_teach_the_same(tmp_path):
    ours = small_run(tmp_path / "memory")
    theirs = small_run(tmp_path / "workers", data=OneByOne(small_data()))
    assert_close(ours.state_dict(), theirs.state_dict(), rtol=0, atol=0)


def test_frozen_in_the_first_epoch_only_and_unused_is_left_alone(tmp_path):
    with pytest.raises(InterruptionError):
        small_run(tmp_path, cut=1)
    first = load_checkpoint(tmp_path / "small.pt")["model"]
    last = small_run(tmp_path).state_dict()
    torch.manual_seed(1)
    untrained = small_run(tmp_path / "none", replace(PLAN, epochs=0)).state_dict()
    assert torch.equal(first["encoder.weight"], untrained["encoder.weight"])
    assert not torch.equal(last["encoder.weight"], untrained["encoder.weight"])
    assert torch.equal(last["unused.weight"], untrained["unused.weight"])


def test_a_loss_that_is_no_number_ends_the_run_and_spares_the_checkpoint(tmp_path):
    with pytest.raises(InterruptionError):
        small_run(tmp_path, cut=1)
    before = (tmp_path / "small.pt").read_bytes()
    x, y, used = small_data().tensors
    broken = torch.utils.data.TensorDataset(x, y * float("nan"), used)
    with pytest.raises(TrainingError, match="small epoch 2/4: the loss is no number"):
        small_run(tmp_path, data=broken)
    assert (tmp_path / "small.pt").read_bytes() == before


def test_a_full_disk_is_told_in_one_line_and_spares_the_checkpoint(tmp_path):
    with pytest.raises(InterruptionError):
        small_run(tmp_path, cut=1)
    before = (tmp_path / "small.pt").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.raises(TrainingError, match=r"small\.pt: can't be written \(.+\)") as refused:
            small_run(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "\n" not in str(refused.value)
    assert (tmp_path / "small.pt").read_bytes() == before
    small_run(tmp_path)  # and there is room again


def test_an_epoch_whose_validation_failed_is_not_lost(tmp_path):
    whole = small_run(tmp_path / "whole", validation=Validation(score_of([0.1, 0.3, 0.2, 0.25]), "CIDEr"))

    def failing(scores):
        measure = score_of(scores)

        def measured(model):
            try:
                return measure(model)
            except StopIteration:
                raise TrainingError("scoring needs Java") from None

        return Validation(measured, "CIDEr")

    with pytest.raises(TrainingError, match="scoring needs Java"):
        small_run(tmp_path / "cut", validation=failing([0.1]))
    state = load_checkpoint(tmp_path / "cut" / "small.pt")
    assert state["epochs"] == 2
    assert [row["metrics"].get("CIDEr") for row in state["history"]] == [0.1, None]
    resumed = small_run(tmp_path / "cut", validation=failing([0.3, 0.2, 0.25]))
    assert_close(resumed.state_dict(), whole.state_dict(), rtol=0, atol=0)
    history = load_checkpoint(tmp_path / "cut" / "small.pt")["history"]
    assert [row["metrics"]["CIDEr"] for row in history] == [0.1, 0.3, 0.2, 0.25]


def test_a_run_does_not_go_on_with_other_photos(tmp_path):
    with pytest.raises(InterruptionError):
        small_run(tmp_path, replace(PLAN, data="these"), cut=1)
    with pytest.raises(TrainingError, match=r"small\.pt: learned from other photos than these; delete it"):
        small_run(tmp_path, replace(PLAN, data="those"))
    small_run(tmp_path, replace(PLAN, data="these"))


def test_room_for_the_checkpoints_is_looked_for_first(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(trainer, "require_room", lambda *arguments: asked.append(arguments))
    small_run(tmp_path, validation=Validation(score_of([0.1] * PLAN.epochs), "CIDEr"))
    path, needed, _ = asked[0]
    assert path == tmp_path / "small.pt"
    numbers = 5 * 8 + 8 + 8 * 6 + 6 + 3 * 3 + 3
    # The model, its average, two numbers of the optimizer's for each, and the best; twice while it is
    # written.
    assert needed == pytest.approx(4 * numbers * 2 * (4 + 1), rel=0.05)


def test_a_batch_smaller_than_the_number_of_processes_is_refused(tmp_path, monkeypatch):
    for name, value in {"WORLD_SIZE": "8", "RANK": "0", "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "8"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(TrainingError, match="a batch of 7 is too small to share between 8 processes"):
        small_run(tmp_path)
