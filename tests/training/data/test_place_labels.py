"""Places by rules and by name. The numbers of ADE20K's classes are those of its challenge."""

import numpy as np
import pytest

from earsight_training.data.datasets import DatasetError
from earsight_training.data.place_labels import (
    GROUNDS,
    PARENTS,
    PLACES,
    RULES,
    named,
    of_ade20k,
    of_camvid,
    read_places,
)

WALL, BUILDING, SKY, FLOOR, TREE, CEILING, ROAD, BED, GRASS, PAVEMENT = 1, 2, 3, 4, 5, 6, 7, 8, 10, 12
TABLE, MOUNTAIN, CHAIR, CAR, SEA, SOFA, DESK, SAND, STAIRS = 16, 17, 20, 21, 27, 24, 34, 47, 54
TOILET, STOVE, CABINET, MONITOR = 66, 72, 11, 144


def picture(**shares):
    """uint8 (100, 10). shares: rows of a class, from the top; what is left is nothing."""
    rows = [number for name, share in shares.items() for number in [globals()[name]] * share]
    return np.repeat(np.array(rows + [0] * (100 - len(rows)), np.uint8)[:, None], 10, 1)


def places(labels):
    """What it is, and what it is not."""
    return tuple({PLACES[index] for index in np.flatnonzero(labels.places == value)} for value in (1, 0))


def ground(labels):
    return GROUNDS[labels.ground] if labels.ground >= 0 else None


def test_a_named_place_is_its_parents_too_and_nothing_else():
    labels = dict(zip(PLACES, named("bedroom").tolist(), strict=True))
    assert {name for name, value in labels.items() if value} == {"bedroom", "room", "indoors"}
    assert all(set(parents) < set(PLACES) for parents in PARENTS.values())


@pytest.mark.parametrize(
    ("shares", "place"),
    [
        ({"WALL": 40, "BED": 20, "FLOOR": 40}, "bedroom"),
        ({"WALL": 40, "TOILET": 5, "FLOOR": 40}, "bathroom"),
        ({"WALL": 40, "STOVE": 5, "CABINET": 10, "FLOOR": 40}, "kitchen"),
        ({"WALL": 40, "STAIRS": 20, "FLOOR": 40}, "stairwell"),
        ({"WALL": 40, "SOFA": 10, "FLOOR": 40}, "living room"),
        ({"WALL": 40, "TABLE": 10, "CHAIR": 10, "FLOOR": 40}, "dining room"),
        ({"WALL": 40, "DESK": 10, "MONITOR": 5, "FLOOR": 40}, "office"),
        ({"SKY": 30, "SEA": 30, "SAND": 40}, "beach"),
        ({"SKY": 30, "BUILDING": 30, "ROAD": 40}, "street"),
        ({"SKY": 60, "SEA": 40}, "water"),
        ({"SKY": 50, "MOUNTAIN": 40, "GRASS": 10}, "mountain"),
        ({"SKY": 20, "TREE": 80}, "forest"),
        ({"SKY": 50, "GRASS": 50}, "field"),
    ],
)
def test_a_place_by_what_it_shows_how_much_of(shares, place):
    np.testing.assert_array_equal(of_ade20k(picture(**shares)).places, named(place))


def test_inside_and_outside_of_which_no_more_is_known():
    inside, outside = (
        places(of_ade20k(picture(WALL=50, FLOOR=50))),
        places(of_ade20k(picture(SKY=60, TREE=40))),
    )
    assert inside[0] == {"indoors"}
    assert {"outdoors", "street", "beach"} <= inside[1]
    assert "kitchen" not in inside[1]
    assert outside[0] == {"outdoors"}
    assert {"indoors", "room", "kitchen"} <= outside[1]
    assert "street" not in outside[1]


def test_of_what_could_be_both_nothing_is_known():
    assert places(of_ade20k(picture(SKY=20, WALL=40, FLOOR=40))) == (set(), set())
    assert places(of_ade20k(picture(WALL=100))) == (set(), set())


def test_the_ground_is_what_lies_ahead_at_the_bottom():
    numbers = picture(SKY=50, ROAD=50)
    assert ground(of_ade20k(numbers)) == "road"
    numbers[75:, :3], numbers[75:, 7:] = GRASS, GRASS  # beside the way
    assert ground(of_ade20k(numbers)) == "road"
    numbers[75:, :5] = GRASS
    assert ground(of_ade20k(numbers)) is None  # half and half
    assert ground(of_ade20k(picture(ROAD=74))) is None
    assert ground(of_ade20k(picture(SKY=70, PAVEMENT=30))) == "pavement"


def test_all_of_camvid_is_streets():
    labels = of_camvid(np.full((20, 30), 3, np.uint8))
    np.testing.assert_array_equal(labels.places, named("street"))
    assert ground(labels) == "road"
    assert ground(of_camvid(np.full((20, 30), 4, np.uint8))) == "pavement"
    assert RULES["camvid"] is of_camvid


def test_a_table(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("image,place,ground\na.jpg,kitchen,floor\nb.jpg,unclear,none\nc.jpg,street,\n")
    read = read_places(path)
    np.testing.assert_array_equal(read["a.jpg"].places, named("kitchen"))
    assert ground(read["a.jpg"]) == "floor"
    assert (places(read["b.jpg"]), ground(read["b.jpg"])) == ((set(), set()), None)
    assert ground(read["c.jpg"]) is None
    path.write_text("image,place\na.jpg,kitchen\n")
    assert ground(read_places(path)["a.jpg"]) is None
    path.write_text("image\na.jpg\n")
    with pytest.raises(DatasetError, match=r"places\.csv: no column place"):
        read_places(path)
