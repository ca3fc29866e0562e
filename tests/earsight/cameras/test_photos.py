import os
import warnings
from pathlib import Path

import pytest
from PIL import Image

from earsight.cameras.photos import PhotoError, list_folder, list_photos, load_photo


def test_a_photo_and_a_refusal(tmp_path: Path) -> None:
    Image.new("RGB", (32, 24), (9, 9, 9)).save(tmp_path / "a.png")
    assert load_photo(str(tmp_path / "a.png")).shape == (24, 32, 3)
    with pytest.raises(PhotoError) as refused:
        load_photo(tmp_path / "gone.jpg")
    assert str(refused.value).startswith("gone.jpg is not there: check the path ")


def test_a_name_that_would_break_the_line(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/two\nlines\xff.jpg"))
    path.write_bytes(b"")
    with pytest.raises(PhotoError) as refused:
        load_photo(path)
    assert str(refused.value) == "two?lines?.jpg is empty: copy it again."


def test_pillow_s_warnings_never_come_through(tmp_path: Path) -> None:
    Image.new("1", (12000, 12000)).save(tmp_path / "huge.png")
    Image.new("RGB", (9600, 9600)).save(tmp_path / "huge.jpg")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with pytest.raises(PhotoError):
            load_photo(tmp_path / "huge.png")
        load_photo(tmp_path / "huge.jpg")
    assert heard == []


def test_what_is_in_a_folder(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.png", ".hidden.png", "notes.txt", "c.webp", "d.heic"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.jpg").mkdir()
    assert [path.name for path in list_photos(tmp_path)] == ["a.png", "b.JPG", "c.webp"]
    assert [path.name for path in list_folder(tmp_path).others] == ["d.heic", "notes.txt"]
    with pytest.raises(PhotoError, match="gone"):
        list_photos(tmp_path / "gone")
