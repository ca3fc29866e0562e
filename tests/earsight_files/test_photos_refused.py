"""Photos that can't be read are told apart: cut off, damaged, of another kind, not downloaded."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import photo_examples
from tests.earsight_files.pictures import quarters, refusal
from tests.photo_examples import write


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "bmp", "tif"])
@pytest.mark.parametrize("size", [64, 700])
def test_a_cut_off_photo_is_told_from_a_damaged_one(tmp_path: Path, suffix: str, size: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    whole = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "words of a note"
    Image.fromarray(pixels).save(whole, {"jpg": "jpeg", "tif": "tiff"}.get(suffix, suffix), exif=exif)
    path = tmp_path / f"half.{suffix}"
    for share in (0.05, 0.5, 0.9, 0.99):
        path.write_bytes(whole.getvalue()[: int(len(whole.getvalue()) * share)])
        assert refusal(path).startswith("is cut off after "), share


@pytest.mark.parametrize("name", photo_examples.CUT_OFF)
def test_examples_that_are_cut_off(tmp_path: Path, name: str) -> None:
    assert refusal(write(tmp_path, name, photo_examples.CUT_OFF[name]())).startswith("is cut off after ")


@pytest.mark.parametrize("name", photo_examples.DAMAGED)
def test_examples_that_are_damaged(tmp_path: Path, name: str) -> None:
    assert refusal(write(tmp_path, name, photo_examples.DAMAGED[name]())).startswith(
        "is damaged: copy it again"
    )


@pytest.mark.parametrize("name", photo_examples.UNSUPPORTED)
def test_whole_files_of_other_kinds_are_named(tmp_path: Path, name: str) -> None:
    data, kind = photo_examples.UNSUPPORTED[name]()
    said = refusal(write(tmp_path, name, data))
    assert said.startswith(f"is {kind}")
    assert "which Earsight can't read" in said
    assert "again" not in said


@pytest.mark.parametrize("name", photo_examples.NOT_DOWNLOADED)
def test_what_was_not_downloaded_is_named(tmp_path: Path, name: str) -> None:
    data, kind, remedy = photo_examples.NOT_DOWNLOADED[name]()
    said = refusal(write(tmp_path, name, data))
    assert kind in said
    assert remedy in said


def test_a_photo_that_git_annex_did_not_fetch(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(".git/annex/objects/Zk/9f/MD5E-s12--0a1b.jpg/MD5E-s12--0a1b.jpg")
    assert refusal(tmp_path / "a.jpg") == "is in git-annex, and not here: run `git annex get`."


def test_files_that_are_no_photos(tmp_path: Path) -> None:
    path = tmp_path / "letter.jpg"
    path.write_text("Dear Sir,\n")
    assert "not a photo" in refusal(path)
    assert f"is not there: check the path {tmp_path}/gone.jpg" in refusal(tmp_path / "gone.jpg")
    assert "folder" in refusal(tmp_path)
    assert "can't be opened" in refusal(tmp_path / ("x" * 300 + ".jpg"))
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "pipe" in refusal(tmp_path / "pipe.jpg")
    assert "device" in refusal(Path("/dev/zero"))


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.jpg"
    quarters().save(path)
    path.chmod(0)
    if os.geteuid() == 0:  # root may read everything, so the refusal has to be played

        def refuse(*_args: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("earsight_files.photos.os.open", refuse)
    assert "permissions" in refusal(path)
