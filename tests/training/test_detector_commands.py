"""earsight-train detect, place and join, and what the device says by them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight_training.cli import main  # noqa: E402
from earsight_training.trained_detector import load_detector  # noqa: E402
from tests.training.detection_examples import published_nanodet, recipe_of, save_picture  # noqa: E402

PLACES = ("street", "kitchen")


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Two sets in the current folder: one that people labelled, and one of which teachers tell."""
    monkeypatch.chdir(tmp_path)
    boxes, found, places = ["image,class,left,top,right,bottom"], [], ["image,place"]
    for number in range(16):
        left = 0.05 * (number % 8)
        name, thing = f"{number:02}.png", ("person" if number % 2 else "dog", (left, 0.2, left + 0.5, 0.8))
        for folder in ("drawn", "taught"):
            save_picture(
                tmp_path / "data" / folder / "images" / name, thing, ("dog", (0, 0, 0.02 * number, 0.1))
            )
        corners = ",".join(f"{side:.3f}" for side in thing[1])
        boxes.append(f"{name},{thing[0]},{corners}")
        found.append(f"taught,{name},nano,{thing[0]},0.8,{corners}")
        places.append(f"{name},{PLACES[number % 2]}")
    (tmp_path / "data" / "drawn" / "boxes.csv").write_text("\n".join(boxes))
    (tmp_path / "places.csv").write_text("\n".join(places))
    head = "set,image,teacher,class,score,left,top,right,bottom"
    (tmp_path / "found.csv").write_text("\n".join([head, *found]))
    sets = [
        {"folder": "drawn", "boxes": "boxes.csv", "known": ["coco"], "places": "places.csv", "held_out": 0.9},
        {"folder": "taught", "teachers": True, "known": ["person", "dog"], "places": "places.csv"},
    ]
    training = {"epochs": 1, "batch": 8, "sides": [64], "learning_rate": 0.001, "frozen_stem": True}
    recipe = recipe_of(more_classes=["door"], sets=sets, training=training)
    (tmp_path / "detector.yaml").write_text(yaml.safe_dump(recipe))
    return published_nanodet(tmp_path / "nanodet.onnx")


def test_from_photos_to_what_the_device_says(world, seeing_bundle, capsys):
    words = ["--data", "data", "--detections", "found.csv", "--work", "work"]
    assert main(["detect", "detector.yaml", *words, "--start", "nanodet.onnx"]) == 0
    detector = load_detector(Path("work/detector.pt"))
    assert detector.recipe.name == "rectangles"
    assert len(detector.trained_on) == 16, "both sets have the same pictures"
    learned = detector.model.state_dict()
    for name, values in world.state_dict().items():
        frozen = name.startswith(("first", "second", "stage", "fine.down", "fine.stage"))
        if frozen or "head" not in name:
            assert torch.equal(learned[name], values) == frozen, name

    assert main(["place", "detector.yaml", "--bundle", str(seeing_bundle), *words]) == 0
    assert "place street" in capsys.readouterr().out
    join = ["join", "--bundle", str(seeing_bundle), "--recipe", "detector.yaml", *words, "--out", "out"]
    assert main(join) == 0
    printed = capsys.readouterr().out
    assert "objects-recall 0." in printed
    assert "person: named from 0.30" in printed
    assert "door: never named" in printed
    assert set(open_bundle(Path("out")).manifest.capabilities) == {"caption", "objects", "place"}

    photo = "data/drawn/images/01.png"
    command = [sys.executable, "-m", "earsight", "describe", "--json", "--evidence", "--bundle", "out", photo]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert len(row["presence"]) == 81, "the device ran the detector"
    assert 0 <= row["presence"]["person"]["probability"] <= 1
    assert row["said"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["detect", "detector.yaml", "--start", "nanodet.onnx"], "taught: its boxes are those of teachers"),
        (
            ["join", "--bundle", "b", "--recipe", "detector.yaml", "--out", "out"],
            "run `earsight-train detect`",
        ),
        (["detect", "nowhere.yaml", "--start", "nanodet.onnx"], "nowhere.yaml"),
        (["place", "detector.yaml", "--bundle", "b"], "taught: its boxes are those of teachers"),
    ],
)
def test_what_is_missing_is_said(capsys, words, complaint):
    assert main([*words, "--data", "data", "--work", "work"]) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.usefixtures("world")
def test_a_folder_of_data_that_is_not_there(capsys):
    words = ["--data", "nowhere", "--detections", "found.csv", "--work", "work", "--start", "nanodet.onnx"]
    assert main(["detect", "detector.yaml", *words]) == 1
    assert "nowhere/drawn" in capsys.readouterr().err
