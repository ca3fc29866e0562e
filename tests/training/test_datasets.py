from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.datasets import CaptionedPhoto, DatasetError, load_images, read_captions

CSV = (
    "image,caption,split\nb.jpg,Two dogs .,train\na.jpg,A cat .,val\nb.jpg,'Dogs, two',train\nc.jpg,x,test\n"
)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_photos_in_the_order_of_their_names_with_all_captions(tmp_path):
    path = write(tmp_path / "captions.csv", CSV.replace("'", '"'))
    assert read_captions(path, Path("images"), ["train", "val"]) == [
        CaptionedPhoto(Path("images/a.jpg"), ("A cat .",)),
        CaptionedPhoto(Path("images/b.jpg"), ("Two dogs .", "Dogs, two")),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("image,text\na,b\n", "no column caption, split"),
        ("", "no column caption, image, split"),
        ("image,caption,split\na.jpg,A cat,train\n", "no rows with split nothing"),
        ("image,split,caption\na.jpg,nothing\n", "line 2: no image or no caption"),
        ("image,caption,split\n,A cat,nothing\n", "line 2: no image or no caption"),
    ],
)
def test_unfit_files_are_refused_in_one_line(tmp_path, content, said):
    path = write(tmp_path / "captions.csv", content)
    with pytest.raises(DatasetError) as refused:
        read_captions(path, tmp_path, ["nothing"])
    assert str(refused.value) == f"{path}: {said}"


def test_missing_and_binary_files_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="No such file"):
        read_captions(tmp_path / "none.csv", tmp_path, ["train"])
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"image,caption,split\n\xff\xfe,b,train\n")
    with pytest.raises(DatasetError, match="not a CSV file in UTF-8"):
        read_captions(binary, tmp_path, ["train"])


def test_images_are_squashed_upright_and_rgb(tmp_path):
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, :40] = 255, 0, 0
    Image.fromarray(wide).save(tmp_path / "wide.png")
    Image.new("L", (32, 32), 77).save(tmp_path / "grey.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees clockwise: what is left in the file is at the top
    Image.fromarray(wide).save(tmp_path / "sideways.png", exif=exif)
    names = "wide.png", "grey.png", "sideways.png"
    pixels = load_images([CaptionedPhoto(tmp_path / name, ("x",)) for name in names], 32)
    assert pixels.shape == (3, 32, 32, 3)
    assert pixels.dtype == np.uint8
    assert (pixels[0, :, :14] == (255, 0, 0)).all()
    assert (pixels[0, :, 18:] == 0).all()
    assert (pixels[1] == 77).all()
    assert (pixels[2, :14] == (255, 0, 0)).all()
    assert (pixels[2, 18:] == 0).all()


@pytest.mark.parametrize("content", [b"", b"this is text", None], ids=["empty", "text", "missing"])
def test_a_broken_photo_is_named(tmp_path, content):
    path = tmp_path / "photo.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"photo\.jpg") as refused:
        load_images([CaptionedPhoto(path, ("x",))], 32)
    assert "\n" not in str(refused.value)
