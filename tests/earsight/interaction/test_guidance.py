"""What is heard of a thing that is looked for, from look to look."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.interaction import finding_times
from earsight.interaction.guidance import Guidance, Seen, Tick, Unseen, tick_at
from earsight.language.finding import FindingLimits
from earsight.language.groups import Doubt
from earsight.language.language import Directions, Phrasing
from earsight.scene import Box, DetectedObject, Direction, Problem

PHRASING = Phrasing(plain=0.7, probably=0.45, maybe=0.1, object_plain=0.75)
LIMITS = FindingLimits(probably=0.5, maybe=0.3, absent=0.03)
LOOK = 0.125


def door(place, confidence=0.95):
    return DetectedObject("door", confidence, Box(place - 0.1, 0.2, place + 0.1, 0.9))


class Search:
    """Looks eight times a second, and notes the words and the ticks with their times."""

    def __init__(self, **phrasing):
        self.now = 100.0
        settings = {"directions": Directions.THIRDS} | phrasing
        self.guidance = Guidance(LIMITS, Phrasing(0.7, 0.45, 0.1, object_plain=0.75, **settings), self.now)
        self.words, self.ticks = [], []

    def see(self, seconds, *objects, presence=None, problem=None):
        """The same in every look, for so long. Without objects or presence there is no door."""
        for _ in range(round(seconds / LOOK)):
            likely = max((each.confidence for each in objects), default=0.0)
            if problem is None:
                self.guidance.look(self.now, objects, likely if presence is None else presence)
            else:
                self.guidance.unusable(problem)
            cue = self.guidance.cue(self.now)
            if isinstance(cue, Tick):
                self.ticks.append((self.now, cue))
            elif cue is not None:
                self.words.append((self.now - 100, cue))
            self.now += LOOK
        return self

    @property
    def said(self):
        return [(cue.group.doubt, cue.group.where) if isinstance(cue, Seen) else cue for _, cue in self.words]


def test_what_is_there_is_said_once_and_ticks_lead_to_it():
    search = Search().see(10, door(0.5))
    assert search.said == [(Doubt.PLAIN, (Direction.AHEAD,))]
    assert search.ticks[0][0] < search.words[0][0] + 100 < 101.2
    assert len(search.ticks) > 60


def test_it_is_said_with_its_doubt():
    assert Search().see(6, door(0.5, 0.4)).said == [(Doubt.DOUBTFUL, (Direction.AHEAD,))]
    assert Search().see(6, door(0.5, 0.6)).said == [(Doubt.PROBABLE, (Direction.AHEAD,))]


def test_it_is_said_again_once_it_is_surer():
    search = Search().see(4, door(0.5, 0.4)).see(4, door(0.5, 0.95))
    first, second = (doubt for doubt, _ in search.said)
    assert first is Doubt.DOUBTFUL
    assert second < first


def test_that_it_is_not_seen_is_said_after_some_seconds_and_again_seldom():
    search = Search().see(40)
    assert all(isinstance(cue, Unseen) for cue in search.said)
    assert [at for at, _ in search.words] == pytest.approx([4, 19, 34], abs=LOOK)
    assert all(cue.presence == 0 for cue in search.said)


def test_what_may_be_there_without_a_place_is_not_denied():
    (cue,) = Search().see(5, presence=0.2).said
    assert cue.presence > LIMITS.absent


def test_why_nothing_is_seen_is_told():
    (cue,) = Search().see(5, problem=Problem.DARK).said
    assert cue.problem is Problem.DARK
    (cue,) = Search().see(2, problem=Problem.DARK).see(3).said
    assert cue.problem is None


def test_a_glimpse_is_nothing():
    search = Search()
    for _ in range(8):
        search.see(LOOK, door(0.5, 0.5)).see(LOOK * 4)
    assert not any(isinstance(cue, Seen) for _, cue in search.words)
    assert not search.ticks


def test_it_is_told_when_it_comes_to_another_place_and_stays_there():
    search = Search().see(4, door(0.5)).see(4, door(0.85))
    assert [where for _, where in search.said] == [(Direction.AHEAD,), (Direction.RIGHT,)]


def test_by_the_clock_too():
    search = Search(directions=Directions.CLOCK).see(4, door(0.5)).see(4, door(0.97))
    assert [where for _, where in search.said] == [(12,), (2,)]


def test_where_directions_are_not_wanted_they_are_told_all_the_same():
    assert Search(directions=Directions.NONE).see(1, door(0.1)).said[0][1] == (Direction.LEFT,)


def test_on_the_border_it_doesn_t_chatter():
    search = Search()
    for at in range(80):
        search.see(LOOK, door(2 / 3 + (0.02 if at % 2 else -0.02)))
    assert len(search.said) == 1


def test_lost_and_back_in_the_same_place_is_no_news_and_elsewhere_it_is():
    search = Search().see(3, door(0.2)).see(2).see(3, door(0.2))
    assert len(search.said) == 1
    search.see(2).see(3, door(0.8))
    assert [where for _, where in search.said] == [(Direction.LEFT,), (Direction.RIGHT,)]


def test_after_it_was_said_not_to_be_seen_it_is_told_again():
    search = Search().see(3, door(0.2)).see(6).see(2, door(0.2))
    assert [type(cue) for _, cue in search.words] == [Seen, Unseen, Seen]


def test_ticks_end_when_it_is_gone():
    search = Search().see(3, door(0.2)).see(1)
    before = len(search.ticks)
    search.see(3)
    assert len(search.ticks) == before


def test_the_one_that_was_followed_is_kept_though_another_is_about_as_likely():
    left, right = door(0.2, 0.8), door(0.8, 0.78)
    search = Search().see(2, left)
    for at in range(40):
        search.see(LOOK, *(left, right) if at % 2 else (right, door(0.2, 0.7)))
    assert [where for _, where in search.said] == [(Direction.LEFT,)]


def test_of_several_the_most_central_of_those_about_as_likely_is_chosen():
    search = Search().see(1, door(0.05, 0.9), door(0.55, 0.85))
    assert search.said[0][1] == (Direction.AHEAD,)


def test_an_old_picture_says_nothing_new():
    search = Search().see(1)
    for _ in range(20):
        search.guidance.look(100.0, [door(0.5)], 0.95)
    assert search.guidance.cue(search.now) is None


@given(st.floats(-1, 2))
def test_ticks_are_faster_nearer_the_middle_and_on_the_side_of_the_thing(place):
    tick = tick_at(place)
    assert -1 <= tick.pan <= 1
    assert 0.1 < tick.interval < 1
    assert (tick.pan > 0) == (place > 0.5) or tick.pan == 0
    nearer = tick_at(0.5 + (place - 0.5) / 2)
    assert nearer.interval <= tick.interval


LOOKS = st.lists(
    st.tuples(
        st.lists(st.builds(door, st.floats(0, 1), st.floats(0, 1)), max_size=3),
        st.floats(0, 1),
        st.sampled_from([0.05, LOOK, 0.5, 3.0]),
    ),
    max_size=80,
)


@given(LOOKS)
def test_whatever_is_seen_it_never_chatters(looks):
    search, now, spoken = Search(), 100.0, []
    for objects, presence, pause in looks:
        search.guidance.look(now, objects, presence)
        cue = search.guidance.cue(now)
        if isinstance(cue, Seen | Unseen):
            spoken.append((now, cue))
        now += pause
    for (at, one), (later, other) in pairwise(spoken):
        if isinstance(one, Seen) and isinstance(other, Seen):
            assert later - at >= finding_times.REPEAT
            assert (one.group.where, one.group.doubt) != (other.group.where, other.group.doubt)
    unseen = [at for at, cue in spoken if isinstance(cue, Unseen)]
    assert all(later - at >= finding_times.UNSEEN_AGAIN for at, later in pairwise(unseen))
    assert all(cue.group.confidence >= LIMITS.maybe for _, cue in spoken if isinstance(cue, Seen))


@pytest.mark.parametrize("between", [0.5, 1.0, 1.8])
def test_on_a_slow_board_it_is_there_between_two_looks(between):
    guidance = Guidance(LIMITS, PHRASING, 100.0)
    cues = []
    for look in range(8):
        taken = 100.0 + look * between
        guidance.look(taken, [door(0.5)], 0.95)
        # What a look has shown is known only when it has ended.
        cues += [guidance.cue(taken + between + step * between / 10) for step in range(10)]
    words = [cue for cue in cues if isinstance(cue, Seen | Unseen)]
    assert [cue.group.doubt for cue in words] == [Doubt.PLAIN]
    assert all(isinstance(cue, Tick) for cue in cues[-50:] if cue not in words)


def test_a_slow_board_does_not_lead_on_to_what_has_gone():
    guidance = Guidance(LIMITS, PHRASING, 100.0)
    for look in range(4):
        guidance.look(100.0 + 1.5 * look, [door(0.5)], 0.95)
        guidance.cue(101.0 + 1.5 * look)
    assert isinstance(guidance.cue(106.0), Tick)
    assert guidance.cue(108.6) is None  # lost 3 s after it was last seen; that is said after some seconds
    assert isinstance(guidance.cue(113.0), Unseen)
