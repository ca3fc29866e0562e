"""The circuit breaker, by what may happen to it in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earsight.captioners.remote.breaker import Breaker, BreakerLimits, Permit

LIMITS = BreakerLimits(failures=2, pause=10.0, longest=60.0, steady=30.0)

happenings = st.lists(
    st.tuples(
        st.floats(0, 100),
        st.sampled_from(["ask", "succeed", "fail", "fail", "fail", "abandon"]),
        st.none() | st.floats(0, 1000),
    ),
    max_size=60,
)


@given(happenings)
def test_whatever_happens_it_is_open_only_after_failures_and_never_for_long(events) -> None:
    breaker, now, in_a_row, sent, asked_for = Breaker(LIMITS), 0.0, 0, False, False
    for wait, what, retry_after in events:
        now += wait
        if what == "ask":
            permit = breaker.permit(now)
            assert (permit is Permit.ASK) is not breaker.is_open
            assert not (permit is Permit.PROBE and sent), "two probes at once"
            sent = sent or permit is Permit.PROBE
        elif what == "succeed":
            breaker.succeeded(now)
            in_a_row, sent, asked_for = 0, False, False
            assert not breaker.is_open
        elif what == "fail":
            breaker.failed(now, retry_after)
            in_a_row, sent = in_a_row + 1, False
            asked_for = asked_for or retry_after is not None
        else:
            breaker.abandoned()
            sent = False
        assert breaker.is_open is (in_a_row >= LIMITS.failures or asked_for)
    if breaker.is_open and not sent:
        assert breaker.permit(now + LIMITS.longest) is Permit.PROBE, "it never comes back"


def opened(breaker: Breaker, now: float) -> None:
    for _ in range(LIMITS.failures):
        breaker.failed(now)


def pause(breaker: Breaker, now: float) -> float:
    """Seconds until a probe is sent."""
    seconds = next(s for s in range(1000) if breaker.permit(now + s) is not Permit.SPARE)
    breaker.abandoned()
    return seconds


def test_pauses_double_up_to_the_longest() -> None:
    breaker = Breaker(LIMITS)
    opened(breaker, 0.0)
    pauses = []
    for _ in range(5):
        pauses.append(pause(breaker, 0.0))
        breaker.failed(0.0)
    assert pauses == [10, 20, 40, 60, 60]


def test_what_fails_again_soon_is_spared_for_longer_and_what_was_steady_is_not() -> None:
    for steady, expected in ((False, 20), (True, 10)):
        breaker = Breaker(LIMITS)
        opened(breaker, 0.0)
        breaker.succeeded(100.0)
        later = 100.0 + (LIMITS.steady if steady else LIMITS.steady - 1)
        opened(breaker, later)
        assert pause(breaker, later) == expected


def test_the_other_side_may_name_the_pause() -> None:
    breaker = Breaker(LIMITS)
    breaker.failed(0.0, retry_after=25.0)
    assert pause(breaker, 0.0) == 25
    breaker = Breaker(LIMITS)
    breaker.failed(0.0, retry_after=1e9)
    assert pause(breaker, 0.0) == LIMITS.longest


def test_a_probe_that_was_called_off_is_sent_again() -> None:
    breaker = Breaker(LIMITS)
    opened(breaker, 0.0)
    assert breaker.permit(10.0) is Permit.PROBE
    assert breaker.permit(11.0) is Permit.SPARE
    breaker.abandoned()
    assert breaker.permit(11.0) is Permit.PROBE
