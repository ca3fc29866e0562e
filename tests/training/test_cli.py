import json
import shutil
import subprocess
import sys
from dataclasses import asdict

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight.captioners.bundle import open_bundle  # noqa: E402
from earsight_training.bundles.export import UNCALIBRATED  # noqa: E402
from earsight_training.cli import main  # noqa: E402
from earsight_training.data.datasets import load_images, read_photos  # noqa: E402
from earsight_training.learning.teacher import compute_views  # noqa: E402

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
    monkeypatch.setattr(
        "earsight_training.bundles.bundling.WORTHLESS", 0.0
    )  # it has learned for three epochs
    assert main(export) == 0
    scores = json.loads(capsys.readouterr().out)
    assert open_bundle(out).manifest.metrics == scores
    assert {"CIDEr", "made-up", "calibration-error"} <= set(scores)

    monkeypatch.setattr("earsight_training.bundles.bundling.WORTHLESS", 11.0)  # more than CIDEr can be
    assert main(export) == 0
    assert open_bundle(out).manifest.calibration.model_dump() == asdict(UNCALIBRATED)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("bundle")] == ["bundle"]


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
    assert "earsight describe captioned 0 of 8 photos" in said.err.splitlines()[-1]


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
        ("name: squares", "", "name: Field required"),
        ("seed: 3", "sede: 3", "sede: Extra inputs are not permitted"),
        ("heads: 2", "heads: 3", "decoder: Value error, width 32 is no multiple of heads 3"),
        ("widths: [8, 16, 24, 32]", "widths: [8, 16]", "four numbers each"),
        ("side: 32,", "side: 33,", "distill.stages.0.side: Input should be a multiple of 32"),
        ("name: squares", "name: [", "not YAML"),
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
    assert main(["distill", "--data", str(tmp_path), "--work", str(tmp_path), str(recipe_file)]) == 1
    assert "captions.csv: No such file" in capsys.readouterr().err


def test_the_workers_of_teach_keep_to_one_core_each():
    """OPENBLAS_NUM_THREADS is read when numpy is first imported: importing the command must not do so."""
    code = "import sys, earsight_training.commands.teach; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
