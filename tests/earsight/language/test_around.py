"""What is on each side."""

from hypothesis import given
from hypothesis import strategies as st

from earsight.language.around import around
from earsight.language.language import CANT_TELL, PROBLEMS, Directions, Phrasing
from earsight.language.languages import LANGUAGES, load_language, promises_safety
from earsight.language.vocabulary import THINGS
from earsight.scene import Box, DetectedObject, Problem, Scene

PHRASING = Phrasing(plain=0.7, probably=0.45, maybe=0.1)
ENGLISH, INDONESIAN = load_language("en"), load_language("id")


def seen(name, middle, confidence=0.9):
    return DetectedObject(
        name, confidence, None if middle is None else Box(middle - 0.05, 0, middle + 0.05, 0.4)
    )


def said(*objects, grammar=ENGLISH, phrasing=PHRASING):
    return around(Scene(0.0, objects=objects), phrasing, grammar)[0].text


def test_from_left_to_right_with_numbers_and_doubt():
    objects = (
        seen("door", 0.5),
        seen("person", 0.9),
        seen("person", 0.8),
        seen("car", 0.1, 0.7),
        seen("dog", 0.2, 0.4),
        seen("chair", 0.1),
    )
    assert said(*objects) == (
        "On the left: a chair, probably a car, maybe a dog. Ahead: a door. On the right: two people."
    )
    assert said(*objects, grammar=INDONESIAN) == (
        "Di kiri: kursi, sepertinya mobil, mungkin seekor anjing. Di depan: pintu. Di kanan: dua orang."
    )


def test_a_side_of_which_nothing_is_known_and_what_has_no_place():
    text = (
        "I can't tell what's on the left. Ahead: a door. I can't tell what's on the right. "
        "Somewhere: probably a dog."
    )
    assert said(seen("door", 0.5), seen("dog", None)) == text
    by_the_clock = Phrasing(0.7, 0.45, 0.1, directions=Directions.CLOCK)
    assert said(seen("door", 0.5), seen("dog", None), phrasing=by_the_clock) == text


def test_where_nothing_is_known_at_all():
    assert said() == ENGLISH.text(CANT_TELL)
    description, things = around(Scene(0.0, problem=Problem.DARK), PHRASING, ENGLISH)
    assert description.text == ENGLISH.text(PROBLEMS[Problem.DARK])
    assert description.abstained
    assert things == ()


OBJECTS = st.lists(
    st.builds(
        seen,
        st.sampled_from([name for name, thing in THINGS.items() if not thing.place]),
        st.none() | st.floats(0.1, 0.9),
        st.floats(0, 1),
    ),
    max_size=8,
)


@given(OBJECTS, st.sampled_from(sorted(LANGUAGES)))
def test_nothing_that_is_said_promises_a_clear_way(objects, code):
    description, things = around(Scene(0.0, objects=tuple(objects)), PHRASING, load_language(code))
    assert not promises_safety(description.text)
    assert description.text.endswith(".")
    assert {each.name for each in things} <= {each.name for each in objects}
