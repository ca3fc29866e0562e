import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.interaction.look_interval import IntervalChange, LookInterval


def looked(interval, *seconds):
    for took in seconds:
        interval.add_look(took)
    return interval


def test_quick_looks_come_as_often_as_configured():
    interval = looked(LookInterval(), 0.2, 0.3, 0.2)
    assert interval.seconds(2.0) == 2.0
    assert interval.change(2.0) is None


def test_slow_looks_come_less_often_and_it_is_said_once():
    interval = looked(LookInterval(), *[2.0] * 5)
    assert interval.seconds(2.0) == 6.0
    assert [interval.change(2.0) for _ in range(3)] == [IntervalChange.LONGER, None, None]
    looked(interval, *[0.1] * 5)
    assert [interval.change(2.0) for _ in range(3)] == [IntervalChange.AS_BEFORE, None, None]


def test_one_slow_look_is_no_slow_board():
    interval = looked(LookInterval(), 0.1, 0.1, 9.0, 0.1)
    assert interval.seconds(2.0) == 2.0


def test_a_period_that_wavers_is_not_told_of_again_and_again():
    interval = LookInterval()
    told = [looked(interval, *[took] * 5).change(2.0) for took in (1.1, 0.9, 1.1, 0.9, 1.1)]
    assert told == [IntervalChange.LONGER, None, None, None, None]


def test_a_throttled_board_is_spared():
    interval = LookInterval()
    interval.throttled = True
    assert interval.seconds(2.0) == 4.0
    assert interval.change(2.0) is IntervalChange.LONGER
    interval.throttled = False
    assert interval.change(2.0) is IntervalChange.AS_BEFORE


def test_a_slow_look_is_forgotten_after_five_more():
    interval = looked(LookInterval(), *[9.0] * 3)
    assert interval.seconds(2.0) == 27.0
    looked(interval, *[0.1] * 2)
    assert interval.seconds(2.0) == 27.0, "of five, three were slow"
    looked(interval, 0.1)
    assert interval.seconds(2.0) == 2.0, "the oldest of six does not count"


@pytest.mark.parametrize(("times", "longer"), [(1.49, False), (1.5, True)])
def test_from_when_on_an_interval_counts_as_longer(times, longer):
    interval = looked(LookInterval(share=1.0), times)
    assert (interval.change(1.0) is IntervalChange.LONGER) is longer


@pytest.mark.parametrize(("times", "as_before"), [(1.21, False), (1.2, True)])
def test_up_to_when_an_interval_counts_as_normal_again(times, as_before):
    interval = looked(LookInterval(share=1.0), *[3.0] * 2)
    assert interval.change(1.0) is IntervalChange.LONGER
    looked(interval, *[times] * 3)
    assert (interval.change(1.0) is IntervalChange.AS_BEFORE) is as_before


@given(st.floats(1, 3600), st.lists(st.floats(0, 100), max_size=20), st.booleans())
def test_it_never_looks_more_often_than_configured(every, took, throttled):
    interval = looked(LookInterval(), *took)
    interval.throttled = throttled
    assert interval.seconds(every) >= every
