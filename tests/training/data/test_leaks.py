from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("safetensors", reason="safetensors comes with the train extra")

from earsight_training.data import leaks as leaks_module
from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.data.fingerprints import LENGTH
from earsight_training.data.leaks import (
    LeakError,
    leaks_by_embedding,
    leaks_by_fingerprint,
    refuse_leaks,
    refuse_trained_on,
)
from earsight_training.data.splits import divide
from tests.training.data.test_splits import SHARES, embedded, random_photos


def test_a_split_of_ours_has_no_leaks():
    photos = random_photos()
    of, _ = divide(photos, SHARES, 0.95, 1)
    divided = replace(photos, splits=tuple(of))
    assert leaks_by_embedding(divided, ["train"]) == []
    refuse_leaks([])


@pytest.mark.parametrize("block", [1, 2, 128])
def test_leaks_by_name_and_by_embedding(monkeypatch, block):
    monkeypatch.setattr(leaks_module, "_BLOCK", block)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(8, 64))
    rows[4] = 5 * rows[0] + 1e-3  # the same photo, saved once more
    rows[5] = rows[1] + 0.1 * rng.normal(size=64)  # a photo like it: cosine of about 0.995
    rows[7] = rows[3]  # in no split
    names = ["a", "b", "c", "d", "e", "f", "c", "g"]
    of = ["train", "extra", "train", "train", "test", "test", "val", ""]
    photos = embedded(rows, names, of)
    leaks = leaks_by_embedding(photos, ["train", "extra"])
    assert [str(leak) for leak in leaks] == ["e of test as a", "c of val too"]
    assert leaks_by_embedding(photos, []) == leaks_by_embedding(photos, ["none"]) == []
    assert [leak.held_out for leak in leaks_by_embedding(photos, ["val"])] == ["c"]


def test_leaks_by_fingerprint_whatever_the_embedding():
    photos = embedded(
        np.random.default_rng(0).normal(size=(3, 64)), ["a", "b", "c"], ["train", "test", "val"]
    )
    fingerprints = photos.fingerprints.copy()
    fingerprints[2] = np.clip(fingerprints[0].astype(int) - 1, 0, 255)
    leaks = leaks_by_embedding(replace(photos, fingerprints=fingerprints), ["train"])
    assert [str(leak) for leak in leaks] == ["c of val as a"]


def test_leaks_by_path_and_by_fingerprint():
    prints = np.random.default_rng(0).integers(0, 256, (3, LENGTH), np.uint8)

    def photo(name, split):
        return CaptionedPhoto(Path("i") / name, ("x",), split)

    photos = [photo("a.jpg", "train"), photo("b.jpg", "train"), photo("b.jpg", "val"), photo("c.jpg", "test")]
    photos += [photo("d.jpg", "test"), photo("a.jpg", "")]
    leaks = leaks_by_fingerprint(photos, prints[[0, 1, 1, 0, 2, 0]], ["train"])
    assert [str(leak) for leak in leaks] == ["b.jpg of val too", "c.jpg of test as a.jpg"]
    with pytest.raises(LeakError) as refused:
        refuse_leaks(leaks * 2)
    assert str(refused.value) == (
        "4 photos to be judged by are trained on: b.jpg of val too, c.jpg of test as a.jpg, b.jpg of val too,"
        " and others; make a split without leaks: earsight-train split"
    )


def test_photos_that_a_model_was_trained_on_are_refused():
    trained = np.random.default_rng(0).integers(0, 256, (9, LENGTH), np.uint8)
    photos = [CaptionedPhoto(Path(f"{name}.jpg"), ("x",)) for name in "abcdef"]
    others = np.random.default_rng(1).integers(0, 256, (6, LENGTH), np.uint8)
    refuse_trained_on(photos, others, trained, "model.pt")
    refuse_trained_on(photos, others, trained[:0], "model.pt")
    seen = others.copy()
    seen[[1, 2, 4, 5]] = trained[[3, 0, 0, 8]]
    with pytest.raises(LeakError) as refused:
        refuse_trained_on(photos, seen, trained, "model.pt")
    assert str(refused.value) == (
        "model.pt was trained on 4 of the 6 photos to judge it by: b.jpg, c.jpg, e.jpg, ...; judge it by a"
        " split"
        " of other photos"
    )
