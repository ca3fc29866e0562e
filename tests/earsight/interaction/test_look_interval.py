from hypothesis import given
from hypothesis import strategies as st

from earsight.interaction.look_interval import LookInterval


def looked(pace, *seconds):
    for took in seconds:
        pace.looked(took)
    return pace


def test_quick_looks_come_as_often_as_configured():
    pace = looked(LookInterval(), 0.2, 0.3, 0.2)
    assert pace.period(2.0) == 2.0
    assert pace.news(2.0) is None


def test_slow_looks_come_less_often_and_it_is_said_once():
    pace = looked(LookInterval(), *[2.0] * 5)
    assert pace.period(2.0) == 6.0
    assert [pace.news(2.0) for _ in range(3)] == [True, None, None]
    looked(pace, *[0.1] * 5)
    assert [pace.news(2.0) for _ in range(3)] == [False, None, None]


def test_one_slow_look_is_no_slow_board():
    pace = looked(LookInterval(), 0.1, 0.1, 9.0, 0.1)
    assert pace.period(2.0) == 2.0


def test_a_period_that_wavers_is_not_told_of_again_and_again():
    pace = LookInterval()
    told = [looked(pace, *[took] * 5).news(2.0) for took in (1.1, 0.9, 1.1, 0.9, 1.1)]
    assert told == [True, None, None, None, None]


def test_a_strained_board_is_spared():
    pace = LookInterval()
    pace.strained = True
    assert pace.period(2.0) == 4.0
    assert pace.news(2.0) is True
    pace.strained = False
    assert pace.news(2.0) is False


@given(st.floats(1, 3600), st.lists(st.floats(0, 100), max_size=20), st.booleans())
def test_it_never_looks_more_often_than_configured(every, took, strained):
    pace = looked(LookInterval(), *took)
    pace.strained = strained
    assert pace.period(every) >= every
