import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.datasets import CaptionedPhoto, DatasetError
from earsight_training.data.fingerprints import LENGTH, fingerprint
from earsight_training.data.inspection import inspect_photos, leave_out_missing, refuse_absent
from tests import photo_examples

GOOD, BAD = ("a.png", "d.png"), ("b.png", "c.png")


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(0)
    for name in GOOD:
        Image.fromarray(rng.integers(0, 256, (32, 32, 3), np.uint8)).save(tmp_path / name)
    (tmp_path / "b.png").write_bytes(photo_examples.UNSUPPORTED["photo.jxl"]()[0])
    return [CaptionedPhoto(tmp_path / name, ("x",)) for name in ("a.png", "b.png", "c.png", "d.png")]


def test_usable_photos_keep_their_order_and_failures_say_why(photos):
    inspected = inspect_photos(photos)
    assert [photo.path.name for photo in inspected.photos] == list(GOOD)
    pixels = [np.asarray(Image.open(photo.path)) for photo in inspected.photos]
    assert (inspected.fingerprints == [fingerprint(rgb) for rgb in pixels]).all()
    jxl, absent = map(str, inspected.failures)
    assert jxl.startswith(f"{photos[1].path} is a JPEG XL photo")
    assert absent.startswith(f"{photos[2].path} is not there")


def test_none_at_all():
    assert inspect_photos([]).fingerprints.shape == (0, LENGTH)


def test_missing_photos_are_listed_up_to_the_share_that_may_be_missing(photos, capsys):
    assert len(leave_out_missing(photos, total=8, share=0.25).photos) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    with pytest.raises(DatasetError, match=r"2 of 8 photos can't be used, which is more than --missing 0.2;"):
        leave_out_missing(photos, total=8, share=0.2)
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_no_photo_left(photos):
    with pytest.raises(DatasetError, match=r"not one photo can be used: .*JPEG XL"):
        leave_out_missing(photos[1:3], total=100, share=1.0)


def test_a_wrong_folder_lists_only_the_first_few(capsys):
    photos = [CaptionedPhoto(Path(f"/nowhere/{index}.jpg"), ("x",)) for index in range(100)]
    with pytest.raises(DatasetError, match="100 of 100"):
        refuse_absent(photos, 0.5)
    assert len(capsys.readouterr().err.splitlines()) == 20
    refuse_absent(photos, 1.0)


def test_more_photos_than_are_read_ahead(tmp_path):
    Image.new("RGB", (32, 32), (1, 2, 3)).save(tmp_path / "0.png")
    for index in range(1, 150):
        os.link(tmp_path / "0.png", tmp_path / f"{index}.png")
    photos = [CaptionedPhoto(tmp_path / f"{index}.png", ("x",)) for index in range(150)]
    assert inspect_photos(photos).photos == photos
