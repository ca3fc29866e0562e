import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="torch comes with the train extra")

import earsight
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.scoring import describing
from earsight_training.scoring.describing import EvaluationError
from earsight_training.scoring.evaluate import Candidate, describe, reliability, score
from earsight_training.scoring.java import JavaError
from earsight_training.scoring.kept_captions import KeptCaptions

BUILTIN = Path(earsight.__file__).parent / "bundles" / "builtin"


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(1)
    for name in ("one", "two"):
        colours = rng.integers(0, 256, (6, 8, 3), np.uint8)
        Image.fromarray(colours).resize((320, 240)).save(tmp_path / f"{name}.jpg")
    return [CaptionedPhoto(tmp_path / f"{name}.jpg", ("a dog runs",)) for name in ("one", "two")]


@pytest.mark.skipif(not BUILTIN.is_dir(), reason="the built-in bundle is not in this checkout")
def test_captions_come_from_the_program_of_the_device(photos):
    candidates = describe(BUILTIN, photos)
    assert [candidate.photo for candidate in candidates] == photos
    for candidate in candidates:
        assert candidate.caption
        assert 0 <= candidate.confidence <= 1
        assert candidate.evidence["lowest_log_prob"] <= candidate.evidence["mean_log_prob"] <= 0


@pytest.mark.skipif(not BUILTIN.is_dir(), reason="the built-in bundle is not in this checkout")
def test_a_photo_that_cannot_be_captioned_is_left_out_without_a_shift(photos, capfd):
    photos[0].path.write_bytes(b"no photo")
    (candidate,) = describe(BUILTIN, photos)
    assert candidate.photo == photos[1]
    assert "one.jpg is not a photo" in capfd.readouterr().err
    with pytest.raises(EvaluationError, match=r"captioned none of 1 photos: one.jpg is not a photo"):
        describe(BUILTIN, photos[:1])


def test_no_bundle(tmp_path, photos):
    with pytest.raises(EvaluationError, match=r"ended \(1\) after 0 of 2 photos"):
        describe(tmp_path, photos)


@pytest.mark.skipif(not BUILTIN.is_dir(), reason="the built-in bundle is not in this checkout")
def test_captions_are_kept_until_they_are_scored(photos, monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = describe(BUILTIN, photos[:1], KeptCaptions(BUILTIN))
    kept = KeptCaptions(BUILTIN)
    assert len(kept) == 1
    asked = []
    run = subprocess.Popen

    def remembered(command, **options):
        asked.append(command[command.index("--") + 1 :])
        return run(command, **options)

    monkeypatch.setattr(describing.subprocess, "Popen", remembered)
    capfd.readouterr()
    both = describe(BUILTIN, photos, kept)
    assert both[0] == first[0]
    assert asked == [[str(photos[1].path)]]
    assert f"goes on with 1 captions that are kept in {kept.path}" in capfd.readouterr().err
    assert describe(BUILTIN, photos, KeptCaptions(BUILTIN)) == both
    assert asked[1:] == []
    Image.new("RGB", (32, 32)).save(photos[0].path)  # another photo in its place
    describe(BUILTIN, photos, KeptCaptions(BUILTIN))
    assert asked[1:] == [[str(photos[0].path)]]
    kept.delete()
    assert len(KeptCaptions(BUILTIN)) == 0


@pytest.mark.skipif(not BUILTIN.is_dir(), reason="the built-in bundle is not in this checkout")
def test_more_photos_than_a_command_takes(photos, monkeypatch, tmp_path):
    monkeypatch.setattr(describing, "_AT_ONCE", 1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(earsight.__file__).parents[1]))
    (tmp_path / "one.jpg").rename(tmp_path / "-one.jpg")
    photos[0] = CaptionedPhoto(Path("-one.jpg"), ("a dog runs",))  # no option
    assert [candidate.photo for candidate in describe(BUILTIN, photos)] == photos


def candidate(name, caption, *references):
    return Candidate(CaptionedPhoto(Path(name), references), caption, 0.5)


def test_without_java_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JavaError, match="needs Java"):
        score([candidate("1.jpg", "a dog", "a dog")])


@pytest.mark.parametrize(
    ("candidates", "complaint"),
    [
        ([], "no captions"),
        ([candidate("1.jpg", "a dog")], r"1\.jpg: no reference captions"),
        ([candidate("1.jpg", "a dog", "a dog")] * 2, r"1\.jpg: in the data more than once"),
    ],
)
def test_what_cannot_be_scored(candidates, complaint):
    with pytest.raises(EvaluationError, match=complaint):
        score(candidates)


def test_reliability_counts_each_caption_in_one_range():
    photo = CaptionedPhoto(Path("a.jpg"), ("a dog runs",))
    said = [("a dog", 0.8), ("a dog", 0.75), ("a cat", 0.7), ("a cat", 0.05)]
    rows = reliability([Candidate(photo, caption, value) for caption, value in said])
    assert [row[2] for row in rows] == [0.25, 0.0, 0.0, 0.75]
    assert rows[0][3] == 0.0
    assert np.isnan(rows[1][3])
    assert rows[3][3] == pytest.approx(2 / 3)


def test_reliability_of_captions_without_confidence():
    photo = CaptionedPhoto(Path("a.jpg"), ("a dog runs",))
    assert reliability([Candidate(photo, "a dog", None)]) == []
