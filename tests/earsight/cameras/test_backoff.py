from hypothesis import given
from hypothesis import strategies as st

from earsight.cameras.backoff import Backoff


def test_pauses_double_up_to_the_longest():
    backoff = Backoff(0.5, 3.0)
    assert [backoff.after(0.0) for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_an_attempt_that_worked_for_a_while_begins_anew():
    backoff = Backoff(0.5, 3.0)
    assert [backoff.after(seconds) for seconds in (0, 0, 3.0, 3.1, 0, 0)] == [0.5, 1.0, 2.0, 0.5, 1.0, 2.0]


@given(st.floats(0.001, 10), st.floats(1, 10), st.lists(st.floats(0, 100), max_size=20))
def test_no_pause_is_shorter_than_the_first_or_longer_than_the_longest(first, times, attempts):
    longest = first * times
    backoff = Backoff(first, longest)
    assert all(first <= backoff.after(seconds) <= longest for seconds in attempts)
