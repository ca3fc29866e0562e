import json
import os
import string
import struct
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

ENCODER = EncoderIdentity("RN50x4", 288, "ab" * 32)


def embedded(count=3, width=4, seed=0):
    rng = np.random.default_rng(seed)
    return EmbeddedPhotos(
        rng.normal(size=(count, width)).astype(np.float32),
        tuple(f"{i}.jpg" for i in range(count)),
        tuple((f"caption {i}", "ünïcode 漢\n") for i in range(count)),
        tuple(("train", "val", "")[i % 3] for i in range(count)),
        ENCODER,
    )


def same(one, other):
    assert (one.embeddings == other.embeddings).all()
    assert one.embeddings.dtype == other.embeddings.dtype == np.float32
    assert (one.names, one.captions, one.splits, one.encoder) == (
        other.names,
        other.captions,
        other.splits,
        other.encoder,
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
    "content", [b"", b"image,caption\n" * 30, b"\x80\x02pickle", other_number_type()], ids=range(4)
)
def test_other_files_are_refused_in_one_line(tmp_path, content):
    path = tmp_path / "e.safetensors"
    path.write_bytes(content)
    with pytest.raises(EmbeddingError) as refused:
        read_embeddings(path)
    assert str(refused.value) == f"{path}: not a file of embeddings, or damaged; make it again"


def test_missing_files_and_folders_are_refused(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(EmbeddingError, match=r"No such") as refused:
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
    } | {key: value for key, value in change.items() if key != "embeddings"}
    tensors = {
        "embeddings": change.get("embeddings", whole.embeddings),
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
    }
    path = tmp_path / "e.safetensors"
    save_file(tensors, path)
    with pytest.raises(EmbeddingError, match="no embeddings of earsight-train embed"):
        read_embeddings(path)


def test_photos_take_their_rows_by_name_and_bring_captions_and_splits():
    photos = [CaptionedPhoto(Path("i") / f"{name}.jpg", (f"new {name}",), "test") for name in (2, 0)]
    of = embedded().of(photos, Path("i"))
    assert (of.embeddings == embedded().embeddings[[2, 0]]).all()
    assert of.names == ("2.jpg", "0.jpg")
    assert of.captions == (("new 2",), ("new 0",))
    assert of.splits == ("test", "test")
    strangers = [CaptionedPhoto(Path("i") / f"x{n}.jpg", ("x",)) for n in range(5)]
    with pytest.raises(
        EmbeddingError, match=r"5 of 6 photos have no embedding \(x0.jpg, x1.jpg, x2.jpg, ...\)"
    ):
        embedded().of([*strangers, photos[0]], Path("i"))
