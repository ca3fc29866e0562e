"""The confidence of a bundle, fitted anew on photos of several kinds."""

import csv
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight_training.bundles.recalibrate import recalibrate  # noqa: E402
from earsight_training.cli import main  # noqa: E402
from earsight_training.data.datasets import CaptionedPhoto, read_photos  # noqa: E402
from earsight_training.data.inspection import inspect_photos  # noqa: E402
from earsight_training.errors import TrainingError  # noqa: E402
from earsight_training.scoring.kept_captions import KeptCaptions  # noqa: E402

PHOTOS = 40


@pytest.fixture
def bundle(seeing_bundle, tmp_path, monkeypatch):
    """A copy of its own, and no captions that are kept from elsewhere."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return shutil.copytree(seeing_bundle, tmp_path / "bundle")


@pytest.fixture
def kinds(bundle, tmp_path):
    """Two kinds of photos of which the same was said: true of each of the one kind, of none of the other."""
    kept, sets = KeptCaptions(bundle), {}
    for name, reference in (("dogs", "a dog runs"), ("cars", "a car drives")):
        sets[name] = []
        for number in range(PHOTOS):
            path = tmp_path / f"{name}-{number}.jpg"
            path.write_bytes(b"described before")
            evidence = {"mean_log_prob": -0.5 - number / PHOTOS, "lowest_log_prob": -2.0}
            caption = {"caption": "a dog runs", "confidence": 0.5, "evidence": evidence}
            kept.add(path, {"captions": [caption], "abstained": False})
            sets[name].append(CaptionedPhoto(path, (reference,)))
    return sets


def test_one_confidence_for_all_kinds(bundle, kinds, tmp_path):
    """It is right half of the time, and is not told of which kind a photo is: each set has its own error."""
    errors = recalibrate(bundle, kinds, tmp_path / "out")
    assert errors.keys() == kinds.keys()
    assert errors["dogs"] == pytest.approx(0.5, abs=0.1)
    assert errors["cars"] == pytest.approx(0.5, abs=0.1)
    manifest = open_bundle(tmp_path / "out").manifest
    assert manifest.metrics == {f"calibration-error {name}": value for name, value in errors.items()}


def test_a_kind_alone_is_sure(bundle, kinds, tmp_path):
    assert recalibrate(bundle, {"dogs": kinds["dogs"]}, tmp_path / "true")["dogs"] < 0.1
    assert not KeptCaptions(bundle).path.exists(), "they have served"


@pytest.mark.parametrize("same", [True, False])
def test_only_the_confidence_changes(bundle, kinds, tmp_path, same):
    before = {path.name: path.read_bytes() for path in bundle.iterdir()}
    old = open_bundle(bundle).manifest
    out = bundle if same else tmp_path / "out"
    recalibrate(bundle, kinds, out)
    new = open_bundle(out).manifest
    assert new.calibration != old.calibration
    changed = {"calibration": old.calibration, "metrics": old.metrics}
    assert new.model_copy(update=changed) == old
    after = {path.name: path.read_bytes() for path in out.iterdir()}
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"manifest.json"}
    if not same:
        assert {path.name: path.read_bytes() for path in bundle.iterdir()} == before


def test_what_was_measured_before_stays(bundle, kinds, tmp_path):
    out = tmp_path / "out"
    first = recalibrate(bundle, {"dogs": kinds["dogs"]}, out)
    again = CaptionedPhoto(kinds["cars"][0].path, ("a dog runs",))
    kept = KeptCaptions(out)
    for photo in kinds["cars"]:
        evidence = {"mean_log_prob": -1.0, "lowest_log_prob": -2.0}
        row = {"caption": "a dog runs", "confidence": 0.5, "evidence": evidence}
        kept.add(photo.path, {"captions": [row], "abstained": False})
    second = recalibrate(out, {"cars": [again, *kinds["cars"][1:]]}, out)
    assert open_bundle(out).manifest.metrics == {
        "calibration-error dogs": first["dogs"],
        "calibration-error cars": second["cars"],
    }


def test_a_folder_with_something_else_is_left_alone(bundle, kinds, tmp_path):
    out = tmp_path / "letters"
    out.mkdir()
    (out / "letter.txt").write_text("Dear")
    with pytest.raises(TrainingError, match="holds something else than a bundle"):
        recalibrate(bundle, kinds, out)
    assert [path.name for path in out.iterdir()] == ["letter.txt"]
    assert len(KeptCaptions(bundle)) == 2 * PHOTOS


# The command


@pytest.fixture
def calibrate(bundle, tmp_path):
    def run(*photos, out="out", more=()):
        words = [word for each in photos for word in ("--photos", str(each))]
        return main(["calibrate", "--bundle", str(bundle), *words, *more, "--out", str(tmp_path / out)])

    return run


def test_the_command_asks_the_device(bundle, data, calibrate, capsys):
    assert calibrate(f"{data}:val", out="bundle") == 0
    (line,) = capsys.readouterr().out.splitlines()
    error = open_bundle(bundle).manifest.metrics["calibration-error data"]
    assert line == f"data: calibration error {error:.4f}, of 8 photos"


def test_photos_of_folders_with_one_name_are_one_set(data, calibrate, tmp_path, capsys):
    other = shutil.copytree(data, tmp_path / "other" / "data")
    rows = list(csv.reader((other / "captions.csv").open(encoding="utf-8")))
    with (other / "captions.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [image, caption, "dev" if number > 90 else split]
            for number, (image, caption, split) in enumerate(rows)
        )
    assert calibrate(f"{data}:val", f"{other}:dev") == 0
    (line,) = capsys.readouterr().out.splitlines()
    dev = len(read_photos(other / "captions.csv", other / "images", ["dev"]))
    assert line.endswith(f", of {8 + dev} photos")


@pytest.mark.parametrize("text", ["flickr8k", "flickr8k:", ":val", ""])
def test_photos_need_a_split(calibrate, text, capsys):
    with pytest.raises(SystemExit) as ended:
        calibrate(text)
    assert ended.value.code == 2
    assert f"{text} is not PATH:SPLIT, such as flickr8k:val" in capsys.readouterr().err


def test_photos_that_the_bundle_was_trained_on_are_refused(bundle, data, calibrate, tmp_path, capsys):
    photos = read_photos(data / "captions.csv", data / "images", ["val"])
    np.save(bundle / "trained_on.npy", inspect_photos(photos[:2]).fingerprints)
    assert calibrate(f"{data}:val") == 1
    assert "bundle was trained on 2 of the 8 photos to judge it by" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_missing_photo_is_told(data, calibrate, tmp_path, capsys):
    """One of eight is more than the hundredth that may be missing."""
    (data / "images" / "047.png").unlink()
    assert calibrate(f"{data}:val") == 1
    said = capsys.readouterr().err
    assert "047.png" in said
    assert "1 of 8 photos can't be used" in said
    assert not (tmp_path / "out").exists()
    assert calibrate(f"{data}:val", more=["--missing", "0.2"]) == 0
    said = capsys.readouterr()
    assert "047.png" in said.err
    assert said.out.endswith(", of 7 photos\n")


def test_a_split_without_photos_is_told(data, calibrate, capsys):
    assert calibrate(f"{data}:test") == 1
    assert "no photos of split test; there are: train, val" in capsys.readouterr().err


def test_a_folder_that_is_no_bundle(data, tmp_path, capsys):
    words = ["--bundle", str(tmp_path), "--photos", f"{data}:val", "--out", str(tmp_path / "out")]
    assert main(["calibrate", *words]) == 1
    assert "manifest.json" in capsys.readouterr().err
