"""Boxes follow what is in them, through all that is done to photos."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.data.object_labels import Boxes  # noqa: E402
from earsight_training.learning.box_augmentation import LabelledPixels, pictures  # noqa: E402
from tests.training.detection_examples import labelled  # noqa: E402

RED, BLUE, CPU = (255, 0, 0), (0, 0, 255), torch.device("cpu")
SIDE = 64
THING = (0.25, 0.375, 0.5, 0.625)


def data(*photos):
    """photos: pixels, uint8 (side, side, 3), boxes and which classes are known."""
    pixels = torch.from_numpy(np.stack([each[0] for each in photos]))
    return LabelledPixels.of(pixels, [labelled("x", Boxes.of(each[1]), each[2]) for each in photos], CPU)


def plain(colour):
    return np.full((SIDE, SIDE, 3), colour, np.uint8)


def with_thing():
    pixels = plain(BLUE)
    left, top, right, bottom = (round(value * SIDE) for value in THING)
    pixels[top:bottom, left:right] = RED
    return pixels


def colours(made):
    """Where pictures are red and where blue, bool (batch, side, side) each, whatever the light is."""
    red, _, blue = made.pixels.unbind(1)
    return red > 1.5 * blue + 5, blue > 1.5 * red + 5


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(1)


@pytest.mark.parametrize("mosaics", [0.0, 1.0])
def test_boxes_follow_what_is_in_them(mosaics):
    world = data((with_thing(), [(THING, 1, 0.9)], [True, True]), (plain(BLUE), [], [True, True]))
    made = pictures(world, torch.zeros(48, dtype=torch.int64), 96, mosaics)
    red, _ = colours(made)
    middles, seen = [], 0
    for row in range(48):
        for corners in made.corners[row][made.targets[row] > 0]:
            left, top, right, bottom = corners.round().int().tolist()
            inside = red[row, top + 1 : bottom - 1, left + 1 : right - 1]
            assert inside.float().mean() > 0.98
            around = torch.ones(96, 96, dtype=torch.bool)
            around[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2] = False
            near = torch.zeros(96, 96, dtype=torch.bool)
            near[max(0, top - 5) : bottom + 5, max(0, left - 5) : right + 5] = True
            assert not (red[row] & around & near).any()
            middles.append((left + right) / 2)
            seen += 1
        assert set(made.classes[row][made.targets[row] > 0].tolist()) <= {1}
    assert seen > 24
    assert min(middles) < 40 < 56 < max(middles), "shifted and mirrored"
    kept = made.targets[made.targets > 0]
    torch.testing.assert_close(kept, torch.full_like(kept, 0.9))


def test_some_pictures_are_mirrored():
    world = data((with_thing(), [(THING, 0, 1)], [True]))
    made = pictures(world, torch.zeros(40, dtype=torch.int64), 64, 0.0)
    signs = made.matrix[:, 0, 0].sign()
    assert 10 < (signs < 0).sum() < 30
    # The thing lies left of its photo's middle: right of it once mirrored.
    middle = torch.tensor([(THING[0] + THING[2]) - 1, (THING[1] + THING[3]) - 1, 1.0])
    for row in range(40):
        box = made.corners[row][made.targets[row] > 0]
        if len(box) and box[0, 0] > 1 and box[0, 2] < 63:
            at = torch.tensor([(box[0, 0] + box[0, 2]) / 64 - 1, (box[0, 1] + box[0, 3]) / 64 - 1, 1.0])
            assert (made.matrix[row] @ at)[0] == pytest.approx(float(middle[0]), abs=1e-4)


@pytest.mark.parametrize("mosaics", [0.0, 1.0])
def test_what_is_known_at_a_point_is_what_its_photo_knows(mosaics):
    """One photo is red, and of class 0 all is labelled in it; the other one blue, and it is class 1."""
    world = data((plain(RED), [], [True, False]), (plain(BLUE), [], [False, True]))
    made = pictures(world, torch.arange(16) % 2, 96, mosaics)
    red, blue = colours(made)
    rows = torch.arange(2, 96, 5)
    points = torch.stack(torch.meshgrid(rows, rows, indexing="xy"), -1).reshape(-1, 2)
    known = made.known_at(points + 0.5, world.known)
    compared = 0
    for picture in range(16):
        for (x, y), (first, second) in zip(points.tolist(), known[picture].tolist(), strict=True):
            part = slice(y - 2, y + 3), slice(x - 2, x + 3)
            colour = [bool(each[picture][part].all()) for each in (red, blue)]
            if any(colour):
                assert [first, second] == colour
                compared += 1
            elif not (red[picture][part] | blue[picture][part]).any():
                assert first, "around the photos there is nothing to be found"
                assert second
    assert compared > 1000


def test_what_hardly_shows_has_no_box():
    """A thing at the edge, of which most is cut off, or which becomes too small."""
    tiny = (0.5, 0.5, 0.53, 0.53)
    world = data((plain(BLUE), [(tiny, 0, 1)], [True]))
    made = pictures(world, torch.zeros(20, dtype=torch.int64), 64, 0.0)
    assert not made.targets.any()
    corner = (0.0, 0.0, 0.25, 0.25)
    world = data((plain(BLUE), [(corner, 0, 1)], [True]))
    made = pictures(world, torch.zeros(200, dtype=torch.int64), 64, 0.0)
    there = made.targets[:, 0] > 0
    assert 0 < there.sum() < 200
    sides = made.corners[there, 0, 2:] - made.corners[there, 0, :2]
    assert sides.min() >= 4
    whole = 16 * 16 * (made.matrix[there][:, [0, 1], [0, 1]].abs().prod(1)) ** -1
    assert (sides.prod(1) / whole).min() > 0.34


def test_of_too_many_boxes_the_likeliest_are_kept():
    crowd = [((0.2, 0.2, 0.8, 0.8), index % 3, (index + 1) / 100) for index in range(99)]
    made = pictures(data((plain(BLUE), crowd, [True] * 3)), torch.zeros(3, dtype=torch.int64), 64, 0.0)
    assert made.targets.shape == (3, 80)
    assert made.targets[made.targets > 0].min() > 0.195
    assert made.pixels.min() >= 0
    assert made.pixels.max() <= 255


def test_photos_with_fewer_boxes_are_filled_up_with_none():
    world = data(
        (plain(BLUE), [(THING, 1, 0.5), (THING, 0, 1)], [True, False]), (plain(RED), [], [False, True])
    )
    assert len(world) == 2
    assert world.targets.tolist() == [[0.5, 1], [0, 0]]
    assert world.classes.tolist() == [[1, 0], [0, 0]]
    assert world.pixels.shape == (2, 3, SIDE, SIDE)
    assert world.pixels[1, :, 0, 0].tolist() == list(RED)
    assert world.known.tolist() == [[True, False], [False, True]]
