import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.checkpoints import load_checkpoint, save_checkpoint  # noqa: E402
from earsight_training.errors import TrainingError  # noqa: E402


def test_round_trip_into_a_new_folder(tmp_path):
    path = tmp_path / "work" / "model.pt"
    assert load_checkpoint(path) is None
    save_checkpoint(path, {"epochs": 3, "model": {"weight": torch.arange(4.0)}})
    state = load_checkpoint(path)
    assert state["epochs"] == 3
    assert torch.equal(state["model"]["weight"], torch.arange(4.0))
    assert [file.name for file in path.parent.iterdir()] == ["model.pt"]


class Unsaveable:
    def __reduce__(self):
        raise OSError(28, "No space left on device")


def test_an_interrupted_write_leaves_the_old_one(tmp_path):
    path = tmp_path / "model.pt"
    save_checkpoint(path, {"epochs": 1})
    with pytest.raises(OSError, match="No space left"):
        save_checkpoint(path, {"epochs": 2, "weight": torch.zeros(10_000), "more": Unsaveable()})
    assert load_checkpoint(path) == {"epochs": 1}
    save_checkpoint(path, {"epochs": 2})
    assert load_checkpoint(path) == {"epochs": 2}


class Callout:
    """What a hostile checkpoint would hold."""

    def __reduce__(self):
        return print, ("called",)


def test_no_code_is_run_from_a_checkpoint(tmp_path, capsys):
    path = tmp_path / "model.pt"
    torch.save({"epochs": Callout()}, path)
    with pytest.raises(TrainingError, match="other Python objects than tensors"):
        load_checkpoint(path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [b"hello\n", b"\x80\x02K\x01.", b"(lp0\n."])
def test_what_is_no_checkpoint_is_refused(tmp_path, content):
    path = tmp_path / "model.pt"
    path.write_bytes(content)
    with pytest.raises(TrainingError, match=r"model\.pt: (not a|damaged|cut off)"):
        load_checkpoint(path)


@pytest.mark.parametrize("size", [0, 10, 500])
def test_a_truncated_file_is_refused_in_one_line(tmp_path, size):
    path = tmp_path / "model.pt"
    save_checkpoint(path, {"weight": torch.zeros(1000)})
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(TrainingError, match=r"model\.pt: (it is an empty file|cut off after)") as refused:
        load_checkpoint(path)
    assert "\n" not in str(refused.value)
