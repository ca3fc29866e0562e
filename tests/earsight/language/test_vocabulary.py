import pytest

from earsight.language.english.nouns import NOUNS as ENGLISH
from earsight.language.indonesian.nouns import NOUNS as INDONESIAN
from earsight.language.vocabulary import MOVING, THINGS, with_kinds
from tests.earsight.language.scenes import CLASSES

PLACES = (
    "street, pavement, path, park, field, forest, beach, water, mountain, kitchen, bathroom, bedroom,"
    " living room, dining room, office, corridor, stairwell, shop, room, outdoors, indoors"
).split(", ")
GROUNDS = "pavement, road, path, grass, sand, dirt, water, snow, floor, stairs, carpet".split(", ")


@pytest.mark.parametrize("name", THINGS)
def test_kinds_are_in_the_table_and_come_to_an_end(name):
    assert name in with_kinds(name) <= set(THINGS)
    for kind in THINGS[name].kinds:
        assert name not in with_kinds(kind)


def test_all_that_a_bundle_may_find_has_words_in_both_languages():
    assert {*CLASSES, *PLACES, *GROUNDS} <= THINGS.keys()
    assert list(ENGLISH) == list(INDONESIAN) == list(THINGS)
    for name in (*PLACES, *GROUNDS):
        assert ENGLISH[name].bare
        assert INDONESIAN[name].bare


def test_no_class_is_a_thing_and_a_place():
    assert not any(THINGS[name].place for name in CLASSES)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("zebra", "animal"), ("bus", "vehicle"), ("bicycle", "vehicle"), ("man", "person"), ("cake", "food")],
)
def test_kinds(name, kind):
    assert kind in with_kinds(name)


def test_what_moves_is_of_one_kind_of_it():
    assert all(len(with_kinds(name) & MOVING) <= 1 for name in THINGS)
