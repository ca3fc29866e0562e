import io

import numpy as np
import pytest
from PIL import Image

from earsight_training.data.fingerprints import LENGTH, digest, find_same, fingerprint, same_photos


def picture(seed, size=(224, 224)):
    """Large soft patches of colour, as photos have."""
    patches = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), np.uint8)
    return Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)


def of(image):
    return fingerprint(np.asarray(image.convert("RGB")))


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return Image.open(file)


ANEW = {
    "jpeg 30": lambda image: saved(image, "jpeg", quality=30),
    "jpeg 95": lambda image: saved(image, "jpeg", quality=95),
    "webp": lambda image: saved(image, "webp", quality=60),
    "half": lambda image: image.resize((112, 112), Image.Resampling.BILINEAR),
    "squashed": lambda image: image.resize((400, 300), Image.Resampling.LANCZOS),
}


@pytest.mark.parametrize("anew", ANEW)
def test_a_photo_that_was_saved_anew_is_the_same(anew):
    pictures = [picture(seed) for seed in range(20)]
    whole = np.stack([of(image) for image in pictures])
    again = np.stack([of(ANEW[anew](image)) for image in pictures])
    assert whole.shape == (20, LENGTH)
    assert whole.dtype == np.uint8
    assert find_same(again, whole).tolist() == list(range(20))
    assert (same_photos(again, whole) == np.eye(20, dtype=bool)).all()


def test_other_photos_are_others():
    known = np.stack([of(picture(seed)) for seed in range(300)])
    others = np.stack([of(picture(seed)) for seed in range(300, 600)])
    assert (find_same(others, known) == -1).all()
    assert find_same(others, known[:0]).tolist() == [-1] * 300
    assert find_same(others[:0], known).shape == (0,)


def test_dark_pictures_are_not_all_the_same():
    dark = np.random.default_rng(0).integers(0, 4, (50, LENGTH), np.uint8)
    assert (find_same(dark[:25], dark[25:]) == -1).all()
    assert find_same(dark[:1], dark).tolist() == [0]


def test_a_digest_tells_other_photos_and_another_order():
    prints = np.stack([of(picture(seed)) for seed in range(3)])
    assert digest(prints) == digest(prints.copy()) != digest(prints[::-1])
