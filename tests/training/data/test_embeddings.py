import json
import os
import string
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("safetensors", reason="safetensors comes with the train extra")

from safetensors.numpy import save_file

from earsight_training.data.datasets import CaptionedPhoto
from earsight_training.data.embeddings import (
    EmbeddedPhotos,
    EmbeddingError,
    EncoderIdentity,
    read_embeddings,
    write_embeddings,
)
from earsight_training.data.fingerprints import LENGTH

ENCODER = EncoderIdentity("RN50x4", 288, "ab" * 32)


def embedded(count=3, width=4, seed=0):
    rng = np.random.default_rng(seed)
    return EmbeddedPhotos(
        rng.normal(size=(count, width)).astype(np.float32),
        tuple(f"{i}.jpg" for i in range(count)),
        tuple((f"caption {i}", "ünïcode 漢\n") for i in range(count)),
        tuple(("train", "val", "")[i % 3] for i in range(count)),
        ENCODER,
        fingerprints(count, seed),
        0.05,
    )


def fingerprints(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, LENGTH), np.uint8)


def same(one, other):
    assert (one.embeddings == other.embeddings).all()
    assert one.embeddings.dtype == other.embeddings.dtype == np.float32
    assert (one.fingerprints == other.fingerprints).all()
    assert one.fingerprints.dtype == np.uint8
    assert (one.names, one.captions, one.splits, one.encoder, one.missing) == (
        other.names,
        other.captions,
        other.splits,
        other.encoder,
        other.missing,
    )


def test_what_is_read_is_what_was_written_and_the_bytes_are_always_the_same(tmp_path):
    path = tmp_path / "new" / "e.safetensors"
    write_embeddings(path, embedded())
    first = path.read_bytes()
    same(read_embeddings(path), embedded())
    assert read_embeddings(path).embeddings.flags.writeable  # torch.from_numpy warns of the others
    write_embeddings(path, embedded())
    assert path.read_bytes() == first
    assert list(path.parent.iterdir()) == [path]


TEXTS = st.text(string.printable + "é漢\u2028", max_size=8)


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=3), TEXTS), max_size=5), st.integers(1, 5))
def test_any_texts_come_back(tmp_path_factory, photos, width):
    written = EmbeddedPhotos(
        np.full((len(photos), width), 0.25, np.float32),
        tuple(name for name, _, _ in photos),
        tuple(tuple(captions) for _, captions, _ in photos),
        tuple(split for _, _, split in photos),
        ENCODER,
        fingerprints(len(photos)),
    )
    path = tmp_path_factory.mktemp("e") / "e"
    write_embeddings(path, written)
    same(read_embeddings(path), written)


def test_an_interrupted_write_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path = tmp_path / "e.safetensors"
    write_embeddings(path, embedded())

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_embeddings(path, embedded(seed=1))
    same(read_embeddings(path), embedded())
    assert list(tmp_path.iterdir()) == [path]


def other_number_type():
    header = json.dumps({"embeddings": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is an empty file: "),
        (b"version https://git-lfs.github.com/spec/v1\n", "it is a Git LFS pointer, not the file itself"),
        (b"image,caption\n" * 30, "not a safetensors file, or damaged; or make it again"),
        (b"\x80\x02pickle", "not a safetensors file, or damaged; or make it again"),
        (other_number_type(), "not a file of embeddings, or damaged; make it again"),
    ],
    ids=range(5),
)
def test_other_files_are_refused_in_one_line(tmp_path, content, said):
    path = tmp_path / "e.safetensors"
    path.write_bytes(content)
    with pytest.raises(EmbeddingError) as refused:
        read_embeddings(path)
    assert str(refused.value).startswith(f"{path}: {said}")


def test_half_a_file_is_called_cut_off(tmp_path):
    path = tmp_path / "e.safetensors"
    write_embeddings(path, embedded())
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(EmbeddingError, match="cut off after 500 bytes"):
        read_embeddings(path)


def test_missing_files_and_folders_are_refused(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(EmbeddingError, match=r"No such|Is a directory") as refused:
            read_embeddings(path)
        assert str(refused.value).startswith(f"{path}: ")


@given(st.integers(0), st.integers(0, 255))
def test_a_damaged_file_is_refused_or_says_the_same_kind_of_thing(tmp_path_factory, place, value):
    path = tmp_path_factory.mktemp("e") / "e"
    write_embeddings(path, embedded())
    content = bytearray(path.read_bytes())
    content[place % len(content)] = value
    path.write_bytes(content)
    try:
        read = read_embeddings(path)
    except EmbeddingError as refused:
        read = None
        said = str(refused)
    assert (read is None and "\n" not in said) or (len(read) == 3 and np.isfinite(read.embeddings).all())


@pytest.mark.parametrize(
    "change",
    [
        {"names": ["0.jpg"]},
        {"missing": None},
        {"missing": 2},
        {"missing": float("nan")},
        {"fingerprints": np.zeros((2, LENGTH), np.uint8)},
        {"fingerprints": np.zeros((3, LENGTH), np.int64)},
        {"splits": None},
        {"captions": [["x"], ["y"], [3]]},
        {"encoder": {"name": "RN50x4"}},
        {"encoder": {"name": "RN50x4", "side": "288", "sha256": ""}},
        {"embeddings": np.zeros((3, 4), np.float64)},
        {"embeddings": np.zeros(3, np.float32)},
        {"embeddings": np.full((3, 4), np.nan, np.float32)},
    ],
)
def test_a_file_that_does_not_hold_together_is_refused(tmp_path, change):
    whole = embedded()
    about = {
        "encoder": {"name": "RN50x4", "side": 288, "sha256": ""},
        "names": whole.names,
        "captions": whole.captions,
        "splits": whole.splits,
        "missing": 0.01,
    } | {key: value for key, value in change.items() if not isinstance(value, np.ndarray)}
    tensors = {
        "embeddings": change.get("embeddings", whole.embeddings),
        "fingerprints": change.get("fingerprints", whole.fingerprints),
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
    }
    path = tmp_path / "e.safetensors"
    save_file(tensors, path)
    with pytest.raises(EmbeddingError, match="no embeddings of earsight-train embed"):
        read_embeddings(path)


def test_photos_take_their_rows_by_name_and_bring_captions_and_splits():
    photos = [CaptionedPhoto(Path("i") / f"{name}.jpg", (f"new {name}",), "test") for name in (2, 0)]
    of, without = embedded().of(photos, Path("i"))
    assert without == []
    assert (of.fingerprints == embedded().fingerprints[[2, 0]]).all()
    assert of.missing == 0.05
    assert (of.embeddings == embedded().embeddings[[2, 0]]).all()
    assert of.names == ("2.jpg", "0.jpg")
    assert of.captions == (("new 2",), ("new 0",))
    assert of.splits == ("test", "test")
    strangers = [CaptionedPhoto(Path("i") / f"x{n}.jpg", ("x",)) for n in range(5)]
    with pytest.raises(
        EmbeddingError, match=r"5 of 6 photos have no embedding \(x0.jpg, x1.jpg, x2.jpg, ...\)"
    ):
        embedded().of([*strangers, photos[0]], Path("i"))


def test_photos_without_an_embedding_are_left_out_as_far_as_they_may_be_missing():
    photos = [CaptionedPhoto(Path("i") / name, ("x",)) for name in ("0.jpg", "gone.jpg", "2.jpg")]
    of, without = replace(embedded(), missing=0.34).of(photos, Path("i"))
    assert (of.names, without) == (("0.jpg", "2.jpg"), ["gone.jpg"])
    with pytest.raises(EmbeddingError, match=r"1 of 1 photos have no embedding"):
        replace(embedded(), missing=1.0).of(photos[1:2], Path("i"))


def test_a_file_of_before_there_were_fingerprints_is_to_be_made_again(tmp_path):
    save_file({"embeddings": embedded().embeddings, "about": np.frombuffer(b"{}", np.uint8)}, tmp_path / "e")
    with pytest.raises(EmbeddingError, match=r"no fingerprints .* make it again"):
        read_embeddings(tmp_path / "e")
