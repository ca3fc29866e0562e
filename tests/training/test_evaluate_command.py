import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("pycocoevalcap", reason="pycocoevalcap comes with the train extra")

from earsight_training.cli import main
from earsight_training.data.datasets import read_photos
from earsight_training.data.inspection import inspect_photos
from earsight_training.scoring import evaluate
from earsight_training.scoring.evaluate import Candidate
from earsight_training.scoring.java import JavaError

SCORES = ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "METEOR", "ROUGE-L", "CIDEr", "made-up"]
SAID = {
    "one.jpg": "a dog runs\nin the ||| snow",
    "two.jpg": "",
    "three.jpg": "a man rides a <b>horse</b>, \u2028 SCORE ||| EVAL",
}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(1)
    for name in ("one", "two", "three"):
        colours = rng.integers(0, 256, (6, 8, 3), np.uint8)
        Image.fromarray(colours).resize((320, 240)).save(folder / "images" / f"{name}.jpg")
    rows = "image,caption,split\none.jpg,a dog runs,val\ntwo.jpg,two men,val\nthree.jpg,a car,train\n"
    (folder / "captions.csv").write_text(rows)
    return folder


needs_java = pytest.mark.skipif(not shutil.which("java"), reason="pycocoevalcap needs Java")


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """What a bundle says of itself; there is nothing else of one."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    manifest = {
        "schema_version": 2,
        "name": "none",
        "licence": "none",
        "capabilities": ["caption"],
        "image": {"side": 64, "fit": "squash"},
        "decode": {"beams": 1, "max_tokens": 9, "end_token": 0},
        "calibration": {"bias": 0, "weights": {}},
        "files": {},
    }
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture
def said(bundle, monkeypatch):
    """The photos that it was asked for, and captions for all of them."""
    asked = []

    def describe(of, photos, kept, language):
        assert (of, language) == (bundle, None)
        asked.extend(photos)
        for photo in photos:
            kept.add(photo.path, {"caption": SAID[photo.path.name]})
        return [Candidate(photo, SAID[photo.path.name], 0.5) for photo in photos]

    monkeypatch.setattr(evaluate, "describe", describe)
    return asked


@needs_java
@pytest.mark.usefixtures("said")
def test_scores_of_whatever_a_bundle_says(data, tmp_path, capsys, bundle):
    (tmp_path / "objects.csv").write_text("image,object\none.jpg,dog\ntwo.jpg,\nthree.jpg,car\n")
    files = ["--json", str(tmp_path / "scores.json"), "--page", str(tmp_path / "page.html")]
    files += ["--plot", str(tmp_path / "risk.svg")]
    objects = ["--objects", str(tmp_path / "objects.csv"), "--split", "all"]
    assert main(["evaluate", "--data", str(data), "--bundle", str(bundle), *files, *objects]) == 0
    printed = capsys.readouterr()
    scores, _, rest = printed.out.partition("confidence   captions")
    assert "confidence as shipped" in rest
    assert "fluency errors: " in rest
    assert "<svg" in (tmp_path / "risk.svg").read_text()
    table = {line.split()[0]: line.split() for line in scores.splitlines() if " to " in line}
    assert [name for name in table if name != "SPICE"] == [*SCORES, "CHAIR_i", "CHAIR_s"]
    assert "confidence" in printed.out
    assert "SPICE" in printed.out + printed.err
    assert "testlen" not in printed.out  # pycocoevalcap's own talk
    written = json.loads((tmp_path / "scores.json").read_text())
    for name, (_, value, *_) in table.items():
        low, high = written["intervals"][name]
        assert low <= written[name] <= high
        assert float(value) == written[name] >= 0
    assert written["photos"] == 3
    assert written["made-up"] == pytest.approx(2 / 3, abs=1e-4)  # snow; man and horse
    assert written["BLEU-1"] > 0.1
    assert {Path(row["image"]).name: row["caption"] for row in written["captions"]} == SAID
    assert (tmp_path / "page.html").read_text().count("<article>") == 3
    assert "does not say what it was trained on" in printed.err
    assert not list((tmp_path / "cache").rglob("*.jsonl"))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--split", "test"], "no photos of split test"),
        (["--synonyms", "words.txt"], "--synonyms are words for --objects"),
        (["--page", "nowhere/page.html"], "there is no folder nowhere"),
        (["--objects", "objects.csv"], "nothing about two.jpg"),
        (["--plot", "nowhere/risk.svg"], "there is no folder nowhere"),
        (["--plot", "risk.jpg"], "a plot is .svg or .png"),
        (["--json", "."], "is a folder; name a file"),
    ],
)
def test_what_is_wrong_is_said_before_captioning(
    data, tmp_path, capsys, monkeypatch, bundle, said, arguments, complaint
):
    monkeypatch.chdir(tmp_path)
    Path("objects.csv").write_text("image,object\none.jpg,dog\n")
    assert main(["evaluate", "--data", str(data), "--bundle", str(bundle), *arguments]) == 1
    printed = capsys.readouterr()
    assert complaint in printed.err
    assert len(printed.err.splitlines()) == 1
    assert said == []


def test_java_that_does_not_work_is_found_out_before_captioning(data, capsys, bundle, said, java_that):
    java_that("echo 'Could not reserve enough space for 2097152KB object heap' >&2; exit 1")
    assert main(["evaluate", "--data", str(data), "--bundle", str(bundle)]) == 1
    assert "Could not reserve enough space" in capsys.readouterr().err
    assert said == []


def test_captions_outlast_a_failure_of_scoring(data, capsys, bundle, tmp_path, monkeypatch, said):
    monkeypatch.setattr("earsight_training.scoring.scores.rehearse", lambda **_: None)

    def fail(*_arguments, **_options):
        raise JavaError("METEOR's Java process ended (1): it did not say why")

    monkeypatch.setattr(evaluate, "measure", fail)
    assert main(["evaluate", "--data", str(data), "--bundle", str(bundle)]) == 1
    assert "METEOR's Java process ended" in capsys.readouterr().err
    (kept,) = (tmp_path / "cache").rglob("*.jsonl")
    assert len(kept.read_text().splitlines()) == len(said) == 2


def trained_on(bundle, photos):
    """Let the bundle say that it was trained on these."""
    np.save(bundle / "trained_on.npy", inspect_photos(photos).fingerprints)
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["files"] = {"trained_on.npy": "0" * 64}
    (bundle / "manifest.json").write_text(json.dumps(manifest))


@needs_java
def test_a_bundle_is_not_judged_by_what_it_was_trained_on(data, capsys, bundle, said, tmp_path):
    everything = read_photos(data / "captions.csv", data / "images")
    trained_on(bundle, [photo for photo in everything if photo.split == "train"])
    words = ["evaluate", "--data", str(data), "--bundle", str(bundle)]
    assert main([*words, "--split", "all"]) == 1
    error = capsys.readouterr().err
    assert f"{bundle} was trained on 1 of the 3 photos to judge it by: three.jpg" in error
    assert said == []
    assert main([*words, "--json", str(tmp_path / "scores.json")]) == 0
    # The same photo under another name, saved anew, in other data
    other = tmp_path / "other"
    other.mkdir()
    Image.open(data / "images" / "three.jpg").resize((200, 150)).save(other / "x.png")
    (other / "captions.csv").write_text("image,caption\nx.png,a car\n")
    assert main(["evaluate", "--data", str(other), "--bundle", str(bundle)]) == 1
    assert "was trained on 1 of the 1 photos to judge it by: x.png" in capsys.readouterr().err


@needs_java
@pytest.mark.usefixtures("said")
def test_missing_photos_are_left_out_as_in_training(data, capsys, bundle):
    table = data / "captions.csv"
    table.write_text(table.read_text() + "".join(f"{n}.jpg,a car,train\n" for n in range(17)))
    (data / "images" / "two.jpg").write_bytes(b"")
    words = ["evaluate", "--data", str(data), "--bundle", str(bundle), "--json"]
    assert main(words) == 1
    assert "1 of 20 photos can't be used, which is more than --missing 0.01" in capsys.readouterr().err
    assert main([*words, "--missing", "0.05"]) == 0
    printed = capsys.readouterr()
    assert "two.jpg is empty: copy it again." in printed.err
    assert json.loads(printed.out)["photos"] == 1
    manifest = json.loads((bundle / "manifest.json").read_text())
    (bundle / "manifest.json").write_text(json.dumps(manifest | {"missing": 0.05}))
    assert main(words) == 0


@pytest.mark.parametrize("models", [[], ["--bundle", "b", "--checkpoint", "c"]])
def test_one_model(data, capsys, models):
    with pytest.raises(SystemExit) as left:
        main(["evaluate", "--data", str(data), *models])
    assert left.value.code == 2
    assert "--bundle" in capsys.readouterr().err
