import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("pycocoevalcap", reason="pycocoevalcap comes with the train extra")

from earsight_training.cli import main
from earsight_training.scoring import evaluate
from earsight_training.scoring.evaluate import Candidate

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


@pytest.mark.skipif(not shutil.which("java"), reason="pycocoevalcap needs Java")
def test_scores_of_whatever_a_bundle_says(data, tmp_path, capsys, monkeypatch):
    def describe(bundle, photos):
        assert bundle == tmp_path
        return [Candidate(photo, SAID[photo.path.name], 0.5) for photo in photos]

    monkeypatch.setattr(evaluate, "describe", describe)
    (tmp_path / "objects.csv").write_text("image,object\none.jpg,dog\ntwo.jpg,\nthree.jpg,car\n")
    files = ["--json", str(tmp_path / "scores.json"), "--page", str(tmp_path / "page.html")]
    files += ["--plot", str(tmp_path / "risk.svg")]
    objects = ["--objects", str(tmp_path / "objects.csv"), "--split", "all"]
    assert main(["evaluate", "--data", str(data), "--bundle", str(tmp_path), *files, *objects]) == 0
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


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--split", "test"], "no photos of split test"),
        (["--synonyms", "words.txt"], "--synonyms are words for --objects"),
        (["--page", "nowhere/page.html"], "there is no folder nowhere"),
        (["--objects", "objects.csv"], "nothing about two.jpg"),
        (["--plot", "nowhere/risk.svg"], "there is no folder nowhere"),
    ],
)
def test_what_is_wrong_is_said_before_captioning(data, tmp_path, capsys, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    Path("objects.csv").write_text("image,object\none.jpg,dog\n")
    assert main(["evaluate", "--data", str(data), "--bundle", str(tmp_path), *arguments]) == 1
    printed = capsys.readouterr()
    assert complaint in printed.err
    assert len(printed.err.splitlines()) == 1


@pytest.mark.parametrize("models", [[], ["--bundle", "b", "--checkpoint", "c"]])
def test_one_model(data, capsys, models):
    with pytest.raises(SystemExit) as left:
        main(["evaluate", "--data", str(data), *models])
    assert left.value.code == 2
    assert "--bundle" in capsys.readouterr().err
