"""What training sees of a photo is what the device sees of it, and each refuses what the other refuses."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight.cameras.photos import PhotoError, load_photo
from earsight_training.data.datasets import DatasetError, open_upright
from tests import photo_examples
from tests.photo_examples import write

REFUSED = {
    **photo_examples.CUT_OFF,
    **photo_examples.DAMAGED,
    **{
        name: lambda of=of: of()[0]
        for name, of in {**photo_examples.NOT_DOWNLOADED, **photo_examples.UNSUPPORTED}.items()
    },
    "tiny.png": lambda: photo_examples.saved(photo_examples.colours().resize((12, 12)), "png"),
    "too large.png": lambda: photo_examples.saved(photo_examples.colours().resize((6000, 4000)), "png"),
    "too large.jpg": lambda: photo_examples.saved(
        photo_examples.colours().resize((6000, 4000)), "jpeg", progressive=True
    ),
    "too large.webp": lambda: photo_examples.saved(
        photo_examples.colours().resize((4000, 3200)), "webp", quality=1
    ),
}


@pytest.mark.parametrize("name", photo_examples.PHOTOS)
def test_the_same_pixels(tmp_path, name):
    path = write(tmp_path, name, photo_examples.PHOTOS[name]())
    assert (np.asarray(open_upright(path)) == load_photo(path)).all()


@pytest.mark.parametrize("name", REFUSED)
def test_the_same_refusals(tmp_path, name):
    path = write(tmp_path, name, REFUSED[name]())
    with pytest.raises(PhotoError) as device:
        load_photo(path)
    with pytest.raises(DatasetError) as training:
        open_upright(path)
    assert str(training.value) == f"{tmp_path}/{device.value}"
