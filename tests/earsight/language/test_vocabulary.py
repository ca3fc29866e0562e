import pytest

from earsight.language.vocabulary import THINGS, with_kinds


@pytest.mark.parametrize("name", THINGS)
def test_kinds_are_in_the_table_and_come_to_an_end(name):
    assert name in with_kinds(name) <= set(THINGS)
    for kind in THINGS[name].kinds:
        assert name not in with_kinds(kind)
