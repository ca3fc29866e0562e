"""Presses, as times go by. Times are whole milliseconds, so that sums are exact."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.triggers.gestures import GestureRecognizer, GestureTimes, Stuck
from earsight.triggers.trigger import ButtonDown, ButtonUp, Gesture, Press

LONG, WINDOW, VERY_LONG, STUCK = 800, 350, 2500, 30_000
TIMES = GestureTimes(long_press=LONG, double_window=WINDOW, very_long_press=VERY_LONG, stuck_after=STUCK)
NO_WINDOW = replace(TIMES, double_window=0)

holds = st.one_of(
    st.integers(1, 2000),
    st.sampled_from([LONG - 1, LONG, VERY_LONG - 1, VERY_LONG, STUCK - 1, STUCK, STUCK + 9]),
)
gaps = st.one_of(st.integers(1, 1000), st.sampled_from([WINDOW - 1, WINDOW, WINDOW + 1]))
windows = st.sampled_from([0, WINDOW])
flags = st.fixed_dictionaries({"triple": st.booleans(), "long_on_release": st.booleans()})


def names(events):
    kinds = {ButtonDown: "down", Stuck: "stuck"}
    return [kinds.get(type(event)) or str(event.gesture) for event in events]


def drive(recognizer, edges, punctual=True):
    """Feed (time, down) edges; punctual: expire is called at each deadline, otherwise never in between."""
    events = []
    for t, down in edges:
        while punctual and recognizer.deadline is not None and recognizer.deadline <= t:
            events += recognizer.expire(recognizer.deadline)
        events += recognizer.press(t) if down else recognizer.release(t)
    while recognizer.deadline is not None:
        events += recognizer.expire(recognizer.deadline)
    return events


def pressed(presses, window=WINDOW, **flags):
    """What the recogniser says of (hold, gap after it) presses."""
    t, edges = 0, []
    for hold, gap in presses:
        edges += [(t, True), (t + hold, False)]
        t += hold + gap
    return drive(GestureRecognizer(replace(TIMES, double_window=window), **flags), edges)


def expected(presses, window, triple, long_on_release):
    """The same, from the rules."""
    said, left = [], list(presses)
    while left:
        hold, gap = left.pop(0)
        said.append("down")
        held = hold
        if hold < LONG:
            gesture = "short"
            if left and gap < window:
                (held, gap), gesture = left.pop(0), "double"
                if triple and held < LONG and left and gap < window:
                    (held, gap), gesture = left.pop(0), "triple"
            said.append(gesture)
        elif hold < VERY_LONG:
            said.append("long")
        else:
            said += ["very_long"] if long_on_release else ["long", "very_long"]
        if held >= STUCK:
            said.append("stuck")
    return said


@settings(deadline=None)
@given(st.lists(st.tuples(holds, gaps), max_size=12), windows, flags)
def test_every_press_belongs_to_one_gesture(presses, window, flags):
    assert names(pressed(presses, window, **flags)) == expected(presses, window, **flags)


def test_short_comes_after_the_window():
    recognizer = GestureRecognizer(TIMES)
    assert recognizer.press(1000) == [ButtonDown(1000)]
    assert recognizer.release(1100) == []
    assert recognizer.deadline == 1100 + WINDOW
    assert recognizer.expire(1100 + WINDOW - 1) == []
    assert recognizer.expire(1100 + WINDOW) == [Press(Gesture.SHORT, 1000)]
    assert recognizer.deadline is None


@pytest.mark.parametrize("triple", [False, True])
def test_short_comes_at_the_release_when_single_presses_are_all(triple):
    recognizer = GestureRecognizer(NO_WINDOW, triple=triple)
    recognizer.press(0)
    assert recognizer.release(100) == [Press(Gesture.SHORT, 0)]


def test_double_comes_as_the_second_press_goes_down_and_holding_it_adds_nothing():
    recognizer = GestureRecognizer(TIMES)
    recognizer.press(0)
    recognizer.release(100)
    assert recognizer.press(300) == [Press(Gesture.DOUBLE, 0)]
    assert recognizer.expire(300 + VERY_LONG + 1) == []
    assert recognizer.release(4000) == []
    assert recognizer.deadline is None


def twice(recognizer):
    """Two presses, of which the second goes up at 400."""
    events = recognizer.press(0) + recognizer.release(100) + recognizer.press(300)
    return events + recognizer.release(400)


def test_where_three_presses_mean_something_a_double_waits_for_the_third():
    recognizer = GestureRecognizer(TIMES, triple=True)
    assert twice(recognizer) == [ButtonDown(0)]
    assert recognizer.expire(400 + WINDOW - 1) == []
    assert recognizer.expire(400 + WINDOW) == [Press(Gesture.DOUBLE, 0)]
    assert recognizer.deadline is None


def test_triple_comes_as_the_third_press_goes_down_and_holding_it_adds_nothing():
    recognizer = GestureRecognizer(TIMES, triple=True)
    twice(recognizer)
    assert recognizer.press(500) == [Press(Gesture.TRIPLE, 0)]
    assert recognizer.expire(500 + VERY_LONG + 1) == []
    assert recognizer.release(4000) == []
    assert recognizer.press(5000) == [ButtonDown(5000)]


def test_a_second_press_that_is_held_is_a_double_while_it_is_held():
    recognizer = GestureRecognizer(TIMES, triple=True)
    recognizer.press(0)
    recognizer.release(100)
    assert recognizer.press(300) == []
    assert recognizer.deadline == 300 + LONG
    assert recognizer.expire(300 + LONG) == [Press(Gesture.DOUBLE, 0)]
    assert recognizer.expire(300 + STUCK) == [Stuck(300)]
    assert recognizer.release(300 + STUCK + 1) == []


def test_long_comes_while_the_button_is_held():
    recognizer = GestureRecognizer(TIMES)
    recognizer.press(0)
    assert recognizer.deadline == LONG
    assert recognizer.expire(LONG) == [Press(Gesture.LONG, 0)]
    assert recognizer.release(LONG + 500) == []
    assert recognizer.deadline is None


def test_very_long_comes_after_long_while_the_button_is_still_held():
    recognizer = GestureRecognizer(TIMES)
    recognizer.press(0)
    recognizer.expire(LONG)
    assert recognizer.deadline == VERY_LONG
    assert recognizer.expire(VERY_LONG) == [Press(Gesture.VERY_LONG, 0)]
    assert recognizer.deadline == STUCK
    assert recognizer.release(VERY_LONG + 500) == []


def test_a_long_that_waits_for_the_release():
    recognizer = GestureRecognizer(TIMES, long_on_release=True)
    recognizer.press(0)
    assert recognizer.expire(LONG) == []
    assert recognizer.release(VERY_LONG - 1) == [Press(Gesture.LONG, 0)]
    assert recognizer.deadline is None
    recognizer.press(5000)
    assert recognizer.expire(5000 + VERY_LONG) == [Press(Gesture.VERY_LONG, 5000)]
    assert recognizer.release(5000 + VERY_LONG + 1) == []


def test_stuck_is_told_once_and_over_with_the_release():
    recognizer = GestureRecognizer(TIMES)
    recognizer.press(0)
    assert recognizer.expire(STUCK) == [Press(Gesture.LONG, 0), Press(Gesture.VERY_LONG, 0), Stuck(0)]
    assert (
        recognizer.expire(10 * STUCK) == recognizer.press(11 * STUCK) == recognizer.release(12 * STUCK) == []
    )
    assert recognizer.press(13 * STUCK) == [ButtonDown(13 * STUCK)]


def test_a_button_found_down_makes_no_gesture_but_may_be_stuck():
    recognizer = GestureRecognizer(TIMES)
    recognizer.found(0, down=True)
    assert recognizer.expire(STUCK - 1) == []
    assert recognizer.expire(STUCK) == [Stuck(0)]
    recognizer.release(STUCK + 1)
    assert recognizer.press(STUCK + 2) == [ButtonDown(STUCK + 2)]
    recognizer.found(STUCK + 3, down=False)
    assert recognizer.deadline is None
    assert recognizer.expire(3 * STUCK) == []


# New times


NEW = GestureTimes(long_press=300, double_window=100, very_long_press=900, stuck_after=7000)


def test_a_deadline_that_is_set_stays_when_the_times_change():
    recognizer = GestureRecognizer(TIMES)
    recognizer.press(0)
    recognizer.retime(NEW)
    assert recognizer.deadline == LONG
    assert recognizer.release(100) == []
    assert recognizer.deadline == 200
    recognizer.retime(NO_WINDOW)
    assert recognizer.expire(200) == [Press(Gesture.SHORT, 0)]
    recognizer.press(1000)
    assert recognizer.release(1001) == [Press(Gesture.SHORT, 1000)]


def test_each_new_time_holds_from_the_next_step_on():
    recognizer = GestureRecognizer(TIMES, triple=True)
    recognizer.retime(NEW)
    deadlines = []
    steps = [
        lambda: recognizer.press(0),
        lambda: recognizer.expire(300),
        lambda: recognizer.expire(900),
        lambda: recognizer.release(1000),
        lambda: recognizer.press(2000),
        lambda: recognizer.release(2010),
        lambda: recognizer.press(2020),
        lambda: recognizer.release(2030),
        lambda: recognizer.found(3000, down=True),
    ]
    for step in steps:
        step()
        deadlines.append(recognizer.deadline)
    assert deadlines == [300, 900, 7000, None, 2300, 2110, 2320, 2130, 10_000]


@settings(deadline=None)
@given(st.lists(st.tuples(holds, gaps), min_size=1, max_size=6), flags)
def test_new_times_are_as_good_as_those_it_was_made_with(presses, flags):
    edges = []
    t = 0
    for hold, gap in presses:
        edges += [(t, True), (t + hold, False)]
        t += hold + gap
    retimed = GestureRecognizer(TIMES, **flags)
    retimed.retime(NEW)
    assert drive(retimed, edges) == drive(GestureRecognizer(NEW, **flags), edges)


ORDER = ("double_window", "long_press", "very_long_press", "stuck_after")


@pytest.mark.parametrize(("shorter", "longer"), list(itertools.pairwise(ORDER)))
def test_times_are_in_ascending_order(shorter, longer):
    with pytest.raises(ValueError, match="ascending"):
        replace(TIMES, **{shorter: getattr(TIMES, longer)})
    with pytest.raises(ValueError, match="ascending"):
        replace(TIMES, double_window=-1)


# Any edges at all


edges = st.lists(st.tuples(st.integers(0, 100_000) | st.integers(0, 3000), st.booleans()), max_size=40)


@settings(deadline=None)
@given(edges, windows, flags)
def test_late_calls_lose_nothing(steps, window, flags):
    t, timeline = 0, []
    for step, down in steps:
        t += step
        timeline.append((t, down))
    times = replace(TIMES, double_window=window)
    late = drive(GestureRecognizer(times, **flags), timeline, punctual=False)
    assert late == drive(GestureRecognizer(times, **flags), timeline, punctual=True)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["press", "release", "expire"]), st.floats(-1e6, 1e6)), max_size=60),
    flags,
)
def test_any_calls_at_any_times_end_well(calls, flags):
    recognizer = GestureRecognizer(GestureTimes(0.8, 0.35, 2.5, 30.0), **flags)
    events, newest = [], float("-inf")
    for call, t in calls:
        events += getattr(recognizer, call)(t)
        newest = max(newest, t)
        assert recognizer.deadline is None or recognizer.deadline > newest
    while recognizer.deadline is not None:
        events += recognizer.expire(recognizer.deadline)
    told = [event for event in events if not isinstance(event, Stuck)]
    while told:
        down, gesture = told.pop(0), told.pop(0)
        assert isinstance(down, ButtonDown)
        assert isinstance(gesture, Press)
        assert gesture.at == down.at
        if gesture.gesture is Gesture.LONG and told and isinstance(told[0], Press):
            assert told.pop(0) == Press(Gesture.VERY_LONG, down.at)
    recognizer.release(newest)
    events = recognizer.press(1e7) + recognizer.release(1e7 + 0.1) + recognizer.expire(1e7 + 1)
    assert names(events) == ["down", "short"]


def test_other_bindings_hold_from_the_next_gesture_on():
    """A long press that has been given is not given again at the release."""
    recognizer = GestureRecognizer(TIMES)
    recognizer.press(0.0)
    assert recognizer.expire(LONG) == [Press(Gesture.LONG, 0.0)]
    recognizer.rebind(triple=True, long_on_release=True)
    assert recognizer.release(LONG + 1) == []
    assert recognizer.press(5 * LONG) == [ButtonDown(5 * LONG)]
    assert recognizer.expire(6 * LONG) == []
    assert recognizer.release(6 * LONG + 1) == [Press(Gesture.LONG, 5 * LONG)]


@pytest.mark.parametrize(
    ("edges", "gesture"),
    [([0, 100, 200, 300, 400, 1500], Gesture.TRIPLE), ([0, 1000], Gesture.LONG), ([0, 100], Gesture.SHORT)],
)
def test_the_release_of_a_gesture_that_was_known_before_is_told_where_it_matters(edges, gesture):
    for tells_release in (False, True):
        recognizer = GestureRecognizer(TIMES, triple=True, tells_release=tells_release)
        events = drive(recognizer, [(t, index % 2 == 0) for index, t in enumerate(edges)])
        told = [ButtonUp(0)] if tells_release and gesture is not Gesture.SHORT else []
        assert events == [ButtonDown(0), Press(gesture, 0), *told]
