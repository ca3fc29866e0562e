"""Presses, as times go by. Times are whole milliseconds, so that sums are exact."""

from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.triggers.gestures import GestureRecognizer, Stuck
from earsight.triggers.trigger import Gesture, Press

LONG, WINDOW, STUCK = 800, 350, 30_000

holds = st.one_of(st.integers(1, 2000), st.sampled_from([LONG - 1, LONG, STUCK - 1, STUCK, STUCK + 9]))
gaps = st.one_of(st.integers(1, 1000), st.sampled_from([WINDOW - 1, WINDOW, WINDOW + 1]))
windows = st.sampled_from([0, WINDOW])


def names(events):
    return ["stuck" if isinstance(event, Stuck) else str(event.gesture) for event in events]


def drive(recognizer, edges, punctual):
    """Feed (time, down) edges; punctual: expire is called at each deadline, otherwise never in between."""
    events = []
    for t, down in edges:
        while punctual and recognizer.deadline is not None and recognizer.deadline <= t:
            events += recognizer.expire(recognizer.deadline)
        events += recognizer.press(t) if down else recognizer.release(t)
    while recognizer.deadline is not None:
        events += recognizer.expire(recognizer.deadline)
    return events


def pressed(presses, window=WINDOW):
    """What the recogniser says of (hold, gap after it) presses."""
    t, edges = 0, []
    for hold, gap in presses:
        edges += [(t, True), (t + hold, False)]
        t += hold + gap
    return drive(GestureRecognizer(LONG, window, STUCK), edges, punctual=True)


def test_short_comes_after_the_window():
    recognizer = GestureRecognizer(LONG, WINDOW, STUCK)
    assert recognizer.press(1000) == [Press(Gesture.TOUCH, 1000)]
    assert recognizer.release(1100) == []
    assert recognizer.deadline == 1100 + WINDOW
    assert recognizer.expire(1100 + WINDOW - 1) == []
    assert recognizer.expire(1100 + WINDOW) == [Press(Gesture.SHORT, 1000)]
    assert recognizer.deadline is None


def test_short_comes_at_the_release_when_there_are_no_doubles():
    recognizer = GestureRecognizer(LONG, 0, STUCK)
    recognizer.press(0)
    assert recognizer.release(100) == [Press(Gesture.SHORT, 0)]


def test_double_comes_as_the_second_press_goes_down_and_holding_it_adds_nothing():
    recognizer = GestureRecognizer(LONG, WINDOW, STUCK)
    recognizer.press(0)
    recognizer.release(100)
    assert recognizer.press(300) == [Press(Gesture.DOUBLE, 0)]
    assert recognizer.expire(300 + LONG + 1) == []
    assert recognizer.release(2000) == []
    assert recognizer.deadline is None


def test_long_comes_while_the_button_is_held():
    recognizer = GestureRecognizer(LONG, WINDOW, STUCK)
    recognizer.press(0)
    assert recognizer.deadline == LONG
    assert recognizer.expire(LONG) == [Press(Gesture.LONG, 0)]
    assert recognizer.release(LONG + 500) == []


def test_stuck_is_told_once_and_over_with_the_release():
    recognizer = GestureRecognizer(LONG, WINDOW, STUCK)
    recognizer.press(0)
    assert recognizer.expire(STUCK) == [Press(Gesture.LONG, 0), Stuck(0)]
    assert (
        recognizer.expire(10 * STUCK) == recognizer.press(11 * STUCK) == recognizer.release(12 * STUCK) == []
    )
    assert names(recognizer.press(13 * STUCK)) == ["touch"]


def test_a_button_found_down_makes_no_gesture_but_may_be_stuck():
    recognizer = GestureRecognizer(LONG, WINDOW, STUCK)
    recognizer.found(0, down=True)
    assert recognizer.expire(STUCK - 1) == []
    assert recognizer.expire(STUCK) == [Stuck(0)]
    recognizer.release(STUCK + 1)
    assert names(recognizer.press(STUCK + 2)) == ["touch"]
    recognizer.found(STUCK + 3, down=False)
    assert recognizer.deadline is None


def test_new_times_hold_from_the_next_edge_on():
    recognizer = GestureRecognizer(LONG, WINDOW, STUCK)
    recognizer.press(0)
    recognizer.retime(300, 0, STUCK)
    assert recognizer.deadline == LONG
    assert names(recognizer.release(100)) == ["short"]
    recognizer.press(1000)
    assert recognizer.deadline == 1300


@settings(deadline=None)
@given(st.lists(st.tuples(holds, gaps), max_size=12), windows)
def test_every_press_belongs_to_one_gesture(presses, window):
    expected, left = [], list(presses)
    while left:
        hold, gap = left.pop(0)
        expected.append("touch")
        if hold >= LONG:
            expected.append("long")
        elif left and gap < window:
            hold, _ = left.pop(0)
            expected.append("double")
        else:
            expected.append("short")
        if hold >= STUCK:
            expected.append("stuck")
    assert names(pressed(presses, window)) == expected


edges = st.lists(st.tuples(st.integers(0, 100_000) | st.integers(0, 3000), st.booleans()), max_size=40)


@settings(deadline=None)
@given(edges, windows)
def test_late_calls_lose_nothing(steps, window):
    t, timeline = 0, []
    for step, down in steps:
        t += step
        timeline.append((t, down))
    late = drive(GestureRecognizer(LONG, window, STUCK), timeline, punctual=False)
    assert late == drive(GestureRecognizer(LONG, window, STUCK), timeline, punctual=True)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["press", "release", "expire"]), st.floats(-1e6, 1e6)), max_size=60)
)
def test_any_calls_at_any_times_end_well(calls):
    recognizer = GestureRecognizer(0.8, 0.35, 30.0)
    events, newest = [], float("-inf")
    for call, t in calls:
        events += getattr(recognizer, call)(t)
        newest = max(newest, t)
        assert recognizer.deadline is None or recognizer.deadline > newest
    while recognizer.deadline is not None:
        events += recognizer.expire(recognizer.deadline)
    presses = [event for event in events if isinstance(event, Press)]
    assert len(presses) % 2 == 0
    for touch, gesture in zip(presses[::2], presses[1::2], strict=True):
        assert touch.gesture is Gesture.TOUCH
        assert gesture.gesture is not Gesture.TOUCH
        assert touch.at == gesture.at
    recognizer.release(newest)
    events = recognizer.press(1e7) + recognizer.release(1e7 + 0.1) + recognizer.expire(1e7 + 1)
    assert names(events) == ["touch", "short"]
