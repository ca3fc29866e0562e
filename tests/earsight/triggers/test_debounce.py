import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.config.triggers import DEBOUNCE
from earsight.triggers.debounce import Debouncer

SETTLE = 20


def drive(edges, down=False, settle=SETTLE):
    debouncer = Debouncer(settle, down)
    passed = []
    for t, level in edges:
        while debouncer.deadline is not None and debouncer.deadline <= t:
            passed += debouncer.expire(debouncer.deadline)
        passed += debouncer.edge(t, level)
    while debouncer.deadline is not None:
        passed += debouncer.expire(debouncer.deadline)
    return passed


def test_the_first_edge_passes_at_once_and_chatter_does_not():
    chatter = [
        (100, True),
        (101, False),
        (102, True),
        (103, False),
        (104, True),
        (300, False),
        (302, True),
        (303, False),
    ]
    assert drive(chatter) == [(100, True), (300, False)]


def test_a_touch_shorter_than_the_settling_is_not_left_hanging():
    assert drive([(100, True), (105, False)]) == [(100, True), (100 + SETTLE, False)]


def test_without_settling_every_change_passes():
    assert drive([(1, True), (1, True), (2, False), (2, True)], settle=0) == [
        (1, True),
        (2, False),
        (2, True),
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=60), st.booleans())
def test_changes_alternate_are_apart_and_end_where_the_contacts_rest(steps, down):
    t, edges = 0, []
    for step, level in steps:
        t += step
        edges.append((t, level))
    passed = drive(edges, down)
    levels = [down, *(level for _, level in passed)]
    assert all(a != b for a, b in itertools.pairwise(levels))
    times = [t for t, _ in passed]
    assert all(b - a >= SETTLE for a, b in itertools.pairwise(times))
    assert levels[-1] == (edges[-1][1] if edges else down)


WORST = 50
"""Milliseconds for which worn contacts chatter."""


def chatter(start, ends_down):
    """Edges of contacts that chatter from `start` on, for up to WORST."""

    def edges(gaps):
        times = [start, *(t for t in itertools.accumulate(gaps, initial=start) if start < t <= start + WORST)]
        levels = [ends_down if (len(times) - place) % 2 else not ends_down for place in range(len(times))]
        return list(zip(times, levels, strict=True))

    return (
        st.lists(st.integers(1, 30).map(float), max_size=40).map(edges).filter(lambda e: e[0][1] is ends_down)
    )


@settings(deadline=None)
@given(chatter(0, True), st.integers(int(1000 * DEBOUNCE), 600), st.data())
def test_the_worst_chatter_is_one_press_at_the_default(down, hold, data):
    """Its edges are where the contacts first moved: nothing is delayed."""
    up = data.draw(chatter(hold, False))
    assert drive(down + up, settle=1000 * DEBOUNCE) == [(0, True), (hold, False)]
