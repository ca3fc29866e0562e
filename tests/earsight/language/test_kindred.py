import pytest

from earsight.language.kindred import KINDRED, may_be_one
from earsight.language.vocabulary import THINGS


def test_the_table_has_names_of_the_vocabulary():
    assert set().union(*KINDRED) <= THINGS.keys()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("car", "truck", True),
        ("couch", "bench", True),
        ("dog", "cat", True),
        ("dog", "car", False),
        ("kitchen", "bedroom", False),
        ("tree", "car", False),
    ],
)
def test_what_may_be_one(one, other, expected):
    assert may_be_one(one, other) == may_be_one(other, one) == expected
