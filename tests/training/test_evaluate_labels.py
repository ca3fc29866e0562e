"""earsight-train evaluate --labels."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="torch comes with the train extra")

import earsight
from earsight_training.cli import main

BUILTIN = Path(earsight.__file__).parent / "bundles" / "builtin"
DETECTIONS = """set,image,teacher,class,score,left,top,right,bottom
street,a.jpg,nano,dog,0.9,0,0,0.5,1
street,a.jpg,nano,cat,0.3,0,0,0.5,1
street,b.jpg,nano,person,0.8,0,0,0.5,1
"""


@pytest.fixture
def street(tmp_path, monkeypatch):
    """A labelled set, in the current folder, beside detections."""
    folder = tmp_path / "street"
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(1)
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        colours = rng.integers(0, 256, (6, 8, 3), np.uint8)
        Image.fromarray(colours).resize((320, 240)).save(folder / "images" / name)
    rows = "a.jpg,dog,0,0,0.5,1\nc.jpg,person,0.5,0,1,1\n"
    (folder / "boxes.csv").write_text(f"image,class,left,top,right,bottom\n{rows}")
    (tmp_path / "found.csv").write_text(DETECTIONS)
    (tmp_path / "table.yaml").write_text("about: streets\ncomplete: [person, dog, cat]\n")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.usefixtures("street")
def test_a_plain_list_of_detections(capsys):
    words = ["evaluate", "--labels", "street", "--table", "table.yaml", "--detections", "found.csv"]
    words += ["--teacher", "nano", "--above", "0.5", "--page", "page.html", "--json", "scores.json"]
    assert main(words) == 0
    lines = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line}
    assert lines["names-wrong"][0] == "0.3333"
    assert lines["dog"] == ["1", "1.000", "0.000", "1.000", "1.000", "1.000", "1.000", "1.000"]
    assert lines["person"][:3] == ["1", "0.000", "0.500"]
    scores = json.loads(Path("scores.json").read_text())
    assert scores["photos"] == 3
    assert scores["things present"] == 2
    value, low, high = scores["utterances"]["present-named"]
    assert (value, low <= value <= high) == (0.5, True)
    assert scores["classes"]["person"]["presence-precision"][0] == 0
    assert set(scores["calibration"]) == {"object-calibration-error", "box-calibration-error"}
    assert [answer["said"] for answer in scores["answers"]] == ["dog", "person", ""]
    page = Path("page.html").read_text()
    assert page.count("<article>") == page.count("<img") == 3
    assert page.index("b.jpg") < page.index("c.jpg") < page.index("a.jpg")


@pytest.mark.usefixtures("street")
@pytest.mark.skipif(not BUILTIN.is_dir(), reason="the built-in bundle is not in this checkout")
@pytest.mark.parametrize(("language", "style"), [("en", "careful"), ("id", "hedged")])
def test_a_bundle(capsys, language, style):
    words = ["evaluate", "--labels", "street", "--classes", "dog,person", "--bundle", str(BUILTIN)]
    assert main([*words, "--language", language, "--style", style, "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert (scores["set"], scores["photos"], scores["things present"]) == ("street", 3, 2)
    assert scores["utterances"]["words"][0] > 1


@pytest.mark.usefixtures("street")
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--labels", "street"], "needs --table or --classes"),
        (["--labels", "street", "--classes", "unicorn"], "'unicorn' is no class"),
        (["--labels", "street", "--table", "table.yaml", "--classes", "car"], "not labelled completely: car"),
        (["--labels", "street", "--classes", "dog", "--data", "street"], "--data does not go with --labels"),
        (["--labels", "street", "--classes", "dog", "--teacher", "nano"], "--teacher goes with --detections"),
        (["--data", "street", "--style", "careful"], "--style goes with --labels"),
        ([], "give captioned photos by --data, or labelled ones by --labels"),
    ],
)
def test_options_that_do_not_go_together(capsys, words, complaint):
    assert main(["evaluate", "--bundle", "bundle", *words]) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.usefixtures("street")
def test_detections_need_a_teacher(capsys):
    assert main(["evaluate", "--labels", "street", "--classes", "dog", "--detections", "found.csv"]) == 1
    assert "--detections needs --teacher" in capsys.readouterr().err


@pytest.mark.skipif(not BUILTIN.is_dir(), reason="the built-in bundle is not in this checkout")
def test_a_bundle_is_not_judged_by_what_it_was_trained_on(street, tmp_path, capsys):
    from earsight_training.data.datasets import CaptionedPhoto
    from earsight_training.data.inspection import inspect_photos

    bundle = tmp_path / "bundle"
    shutil.copytree(BUILTIN, bundle)
    seen = inspect_photos([CaptionedPhoto(street / "images" / "b.jpg", ())])
    np.save(bundle / "trained_on.npy", seen.fingerprints)
    assert main(["evaluate", "--labels", "street", "--classes", "dog", "--bundle", str(bundle)]) == 1
    assert "was trained on 1 of the 3 photos to judge it by: b.jpg" in capsys.readouterr().err
