import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.datasets import DatasetError
from earsight_training.data.uninformative import (
    DESTRUCTIONS,
    KINDS,
    SYNTHETIC,
    degraded,
    uninformative_image,
    uninformative_images,
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(1)
    for index in range(3):
        cells = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8))
        cells.resize((320, 240), Image.Resampling.NEAREST).save(folder / f"{index}.png")
    return sorted(folder.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_every_kind(kind, photos):
    one, again, other = (uninformative_image(kind, seed, photos) for seed in (1, 1, 2))
    assert one.mode == "RGB"
    assert min(one.size) >= 200
    assert one.tobytes() == again.tobytes()
    assert one.tobytes() != other.tobytes()


@pytest.mark.parametrize("kind", DESTRUCTIONS)
def test_nothing_of_a_photo_is_left(kind, photos):
    """No edge of its cells is sharp any more, or there is hardly any light, or hardly any difference."""
    pixels = np.asarray(uninformative_image(kind, 5, photos).convert("L"), float)
    coarse = np.asarray(
        Image.fromarray(pixels.astype(np.uint8)).resize((32, 24), Image.Resampling.BOX), float
    )
    assert np.ptp(np.percentile(coarse, [2, 98])) < 0.6 * 255


def test_all_kinds_in_turn(photos):
    kinds = [kind for kind, _ in uninformative_images(len(KINDS) + 2, 1, photos)]
    assert kinds == [*KINDS, *KINDS[:2]]
    assert [kind for kind, _ in uninformative_images(3, 1)] == list(SYNTHETIC)[:3]


def test_seeds_share_no_picture():
    def drawn(seed):
        return {picture.tobytes() for _, picture in uninformative_images(2, seed)}

    assert len(drawn(1)) == 2
    assert not drawn(1) & drawn(2)


def test_a_photo_that_can_not_be_read(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    with pytest.raises(DatasetError, match=r"broken\.jpg"):
        uninformative_image("shaken", 1, [tmp_path / "broken.jpg"])


def test_a_harder_photo_still_shows_it(photos):
    photo = Image.open(photos[0])
    for seed in range(8):
        worse = degraded(photo, np.random.default_rng(seed))
        assert worse.mode == "RGB"
        assert worse.size[0] >= 0.6 * photo.size[0] - 1
        assert np.asarray(worse.convert("L")).std() > 10
