"""What the wearer has heard, and what "repeat" says."""

import pytest

from earsight.interaction.actions.repeat import with_age
from earsight.interaction.heard import Heard, SceneReport
from earsight.scene import Problem
from tests.earsight.words import english

RED = SceneReport("A red wall.", 1.0)
DARK = SceneReport("Too dark.", 2.0, problem=Problem.DARK)
GREEN = SceneReport("A green wall.", 3.0)


def test_at_first_there_is_nothing():
    heard = Heard()
    assert (heard.description, heard.problem, heard.newest) == (None, None, None)


def test_a_problem_is_newer_than_the_description_before_it():
    heard = Heard()
    heard.sounded(RED)
    heard.sounded(DARK)
    assert (heard.description, heard.problem, heard.newest) == (RED, DARK, DARK)
    heard.sounded(GREEN)
    assert (heard.description, heard.problem, heard.newest) == (GREEN, DARK, GREEN)


def test_what_was_prepared_is_not_heard_but_can_be_repeated():
    heard = Heard()
    heard.sounded(RED)
    heard.prepared(GREEN)
    assert (heard.description, heard.newest) == (RED, GREEN)
    heard.sounded(DARK)
    assert heard.newest is GREEN, "the newest picture counts, whatever was said last"


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (0, "A."),
        (30, "A."),
        (30.1, "30 seconds ago: A."),
        (36, "40 seconds ago: A."),
        (54.9, "50 seconds ago: A."),
        (55.1, "1 minute ago: A."),
        (89, "1 minute ago: A."),
        (91, "2 minutes ago: A."),
        (3569, "59 minutes ago: A."),
        (3571, "1 hour ago: A."),
        (2.4 * 3600, "2 hours ago: A."),
    ],
)
def test_the_age_is_said_from_half_a_minute_on(age, said):
    words = with_age("A.", age)
    assert (words if isinstance(words, str) else english(words)) == said
