import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

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
