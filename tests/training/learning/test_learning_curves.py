import csv
import sys

import pytest
from PIL import Image

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("matplotlib", reason="matplotlib comes with the train extra")
pytest.importorskip("tensorboard", reason="tensorboard comes with the train extra")

from earsight_training.learning.history import EpochRecord  # noqa: E402
from earsight_training.learning.learning_curves import Curves, draw  # noqa: E402


def record(epoch, **metrics):
    return EpochRecord(epoch, {"loss": 5 / epoch}, {"all": 0.1 * epoch}, 2.0, {"captions": 50.0}, metrics)


HISTORY = [record(1), record(2, CIDEr=0.25), record(3, CIDEr=0.5)]


def rows(folder):
    with (folder / "curve.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def events(folder, tag):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    read = EventAccumulator(str(folder / "tensorboard"))
    read.Reload()
    return [(event.step, event.value) for event in read.Scalars(tag)]


def grow(folder, history, first=1):
    curves = Curves(folder, "captions")
    for count in range(first, len(history) + 1):
        curves.add(history[:count])


def test_table_picture_and_events(tmp_path):
    grow(tmp_path, HISTORY)
    assert rows(tmp_path)[1] == {
        "epoch": "2",
        "loss/loss": "2.5",
        "metric/CIDEr": "0.25",
        "learning_rate/all": "0.2",
        "per_second/captions": "50.0",
        "seconds": "2.0",
    }
    assert [row["metric/CIDEr"] for row in rows(tmp_path)] == ["", "0.25", "0.5"]
    assert events(tmp_path, "loss/loss") == [(1, 5.0), (2, 2.5), (3, pytest.approx(5 / 3))]
    assert events(tmp_path, "metric/CIDEr") == [(2, 0.25), (3, 0.5)]
    with Image.open(tmp_path / "curve.png") as picture:
        assert picture.format == "PNG"
        assert picture.width > 600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curve.csv", "curve.png", "tensorboard"]


def test_a_resumed_run_neither_doubles_nor_loses_epochs(tmp_path):
    """It had come to epoch 3, but its checkpoint is of epoch 1."""
    grow(tmp_path, [record(1), record(2, CIDEr=0.9), record(3, CIDEr=0.9)])
    grow(tmp_path, HISTORY, first=2)
    assert [row["epoch"] for row in rows(tmp_path)] == ["1", "2", "3"]
    assert events(tmp_path, "metric/CIDEr") == [(2, 0.25), (3, 0.5)]
    assert [step for step, _ in events(tmp_path, "loss/loss")] == [1, 2, 3]


def test_losses_alone_have_one_panel(tmp_path):
    draw(tmp_path / "one.png", "captions", HISTORY[:1])
    draw(tmp_path / "two.png", "captions", HISTORY)
    with Image.open(tmp_path / "one.png") as one, Image.open(tmp_path / "two.png") as two:
        assert one.height < two.height


def test_what_is_missing_is_said_once_and_the_rest_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    grow(tmp_path, HISTORY)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert "curve.png: no learning curve from here on" in said[0]
    assert not (tmp_path / "curve.png").exists()
    assert len(rows(tmp_path)) == 3
    assert len(events(tmp_path, "loss/loss")) == 3


def test_a_folder_that_can_not_be_written_does_not_end_the_run(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    grow(tmp_path / "file", HISTORY)
    assert len(capsys.readouterr().out.splitlines()) == 3
