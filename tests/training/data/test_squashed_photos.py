import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.datasets import CaptionedPhoto, DatasetError
from earsight_training.data.squashed_photos import load_images


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
