"""The confidence of a bundle, fitted anew on photos of several kinds."""

import csv
import shutil

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("onnx", reason="onnx comes with the train extra")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight_bundle.confidence import UNCALIBRATED, log_odds, logistic  # noqa: E402
from earsight_bundle.manifest import DecoderSettings  # noqa: E402
from earsight_training.bundles.reader import read_bundle  # noqa: E402
from earsight_training.bundles.recalibrate import recalibrate  # noqa: E402
from earsight_training.bundles.writer import write_manifest  # noqa: E402
from earsight_training.cli import main  # noqa: E402
from earsight_training.confidence import kinds_fit  # noqa: E402
from earsight_training.data.datasets import CaptionedPhoto, in_language, read_photos  # noqa: E402
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
    errors = recalibrate(bundle, kinds, tmp_path / "out")["en"]
    assert errors.keys() == kinds.keys()
    assert errors["dogs"] == pytest.approx(0.5, abs=0.1)
    assert errors["cars"] == pytest.approx(0.5, abs=0.1)
    manifest = open_bundle(tmp_path / "out").manifest
    assert manifest.metrics == {f"calibration-error {name}": value for name, value in errors.items()}


def test_a_kind_alone_is_sure(bundle, kinds, tmp_path):
    assert recalibrate(bundle, {"dogs": kinds["dogs"]}, tmp_path / "true")["en"]["dogs"] < 0.1
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
    first = recalibrate(bundle, {"dogs": kinds["dogs"]}, out)["en"]
    again = CaptionedPhoto(kinds["cars"][0].path, ("a dog runs",))
    kept = KeptCaptions(out)
    for photo in kinds["cars"]:
        evidence = {"mean_log_prob": -1.0, "lowest_log_prob": -2.0}
        row = {"caption": "a dog runs", "confidence": 0.5, "evidence": evidence}
        kept.add(photo.path, {"captions": [row], "abstained": False})
    second = recalibrate(out, {"cars": [again, *kinds["cars"][1:]]}, out)["en"]
    assert open_bundle(out).manifest.metrics == {
        "calibration-error dogs": first["dogs"],
        "calibration-error cars": second["cars"],
    }


OF_A_LANGUAGE = {"decoder.onnx": "decoder.id.onnx", "decoder.weights": "decoder.id.weights"} | {
    name: name.replace(".", ".id.") for name in ("tokens.npy", "tokenizer.json")
}


def with_language(bundle, *, own):
    """In the bundle, Indonesian beside English: by a decoder of its own, or by the same one."""
    manifest = read_bundle(bundle).manifest
    if own:
        for name, copy in OF_A_LANGUAGE.items():
            if (bundle / name).exists():
                shutil.copy(bundle / name, bundle / copy)
        section = DecoderSettings(decode=manifest.decode, calibration=UNCALIBRATED, metrics={"CIDEr": 0.5})
        update = {"decoders": {"id": section}}
    else:
        update = {"languages": {"en": (1,), "id": (2,)}}
    write_manifest(bundle, manifest.model_copy(update=update))


def in_two_languages(kinds, bundle):
    """The kinds with references in both: what is said is true of dogs in English, of cars in Indonesian."""
    sets = {}
    keeping = {code: KeptCaptions(bundle, code) for code in (None, "id")}
    for name, photos in kinds.items():
        sets[name] = []
        for number, photo in enumerate(photos):
            for kept in keeping.values():
                evidence = {"mean_log_prob": -0.5 - number / PHOTOS, "lowest_log_prob": -2.0}
                said = "a dog runs" if kept is keeping[None] else "seekor anjing berlari"
                row = {"caption": said, "confidence": 0.5, "evidence": evidence}
                kept.add(photo.path, {"captions": [row], "abstained": False})
            truth = ("a dog runs", "sebuah mobil") if name == "dogs" else ("a car", "seekor anjing berlari")
            sets[name].append(CaptionedPhoto(photo.path, truth, "", ("en", "id")))
    return sets


@pytest.mark.parametrize("own", [True, False])
def test_each_language_is_fitted_on_its_own_captions(bundle, kinds, own):
    with_language(bundle, own=own)
    sets = in_two_languages(kinds, bundle)
    errors = recalibrate(bundle, {"dogs": sets["dogs"]}, bundle)
    assert errors.keys() == {"en", "id"}
    manifest = open_bundle(bundle).manifest
    sure = {
        code: logistic(log_odds(manifest.captioning_in(code).calibration, "x", {"mean_log_prob": -0.7}))
        for code in manifest.codes
    }
    assert sure["en"] > 0.8
    assert sure["id"] < 0.2
    if own:
        assert manifest.decoders["id"].metrics == {
            "CIDEr": 0.5, "calibration-error dogs": errors["id"]["dogs"]
        }  # fmt: skip
    else:
        assert manifest.metrics["calibration-error id dogs"] == errors["id"]["dogs"]


def test_a_language_without_captions_keeps_its_confidence(bundle, kinds):
    with_language(bundle, own=True)
    sets = in_two_languages(kinds, bundle)
    english = {name: in_language(photos, "en") for name, photos in sets.items()}
    assert recalibrate(bundle, english, bundle).keys() == {"en"}
    assert open_bundle(bundle).manifest.decoders["id"].calibration == UNCALIBRATED


def test_a_kind_counts_by_the_square_root_of_its_photos(bundle, kinds, tmp_path, monkeypatch):
    counted = []
    original = kinds_fit.fit
    monkeypatch.setattr(
        kinds_fit,
        "fit",
        lambda candidates, importance: (counted.extend(importance), original(candidates))[1],
    )
    recalibrate(bundle, {"dogs": kinds["dogs"], "cars": kinds["cars"][::4]}, tmp_path / "out")
    assert sum(counted) == pytest.approx(PHOTOS * 5 / 4)
    assert sum(counted[:PHOTOS]) / sum(counted[PHOTOS:]) == pytest.approx(2)


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
    assert line == f"data, en: calibration error {error:.4f}, of 8 photos"


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
