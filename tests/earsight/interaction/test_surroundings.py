"""What has come, is close and is gone, against what the wearer has heard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earsight.interaction.heard import SceneReport
from earsight.interaction.surroundings import Surroundings
from earsight.language.groups import Changes, Doubt, Group, rank_of
from earsight.language.languages import load_language, promises_safety
from earsight.language.scene_plan import groups
from earsight.scene import Direction, Scene
from tests.earsight.language.scenes import (
    AHEAD,
    CLOSE,
    LEFT,
    PHRASING,
    RIGHT,
    found,
    objects,
    scene,
)

EMPTY = scene()


class Walk:
    """A wearer who hears every change, unless `hears` says otherwise."""

    def __init__(self, first: Scene = EMPTY) -> None:
        self.surroundings = Surroundings()
        self.heard: SceneReport | None = SceneReport("", 0.0, things=tuple(groups(first, PHRASING)))

    def look(self, seen: Scene, *, hears: bool = True) -> list[str]:
        changes = self.surroundings.look(groups(seen, PHRASING), self.heard)
        text, told = load_language("en").changes(changes, 14)
        if not text:
            return []
        if hears:
            self.heard = SceneReport(text, 0.0, things=self.surroundings.known_after(told))
        return [text]

    def looks(self, *seen: Scene) -> list[str]:
        return [text for each in seen for text in self.look(each)]


DOG, TWO_DOGS = scene(found("dog")), scene(found("dog"), found("dog", 0.9, RIGHT))
CAR, CLOSE_CAR = scene(found("car")), scene(found("car", 0.9, CLOSE))
CLOSE_PERSON, PERSON = scene(found("person", 0.9, CLOSE)), scene(found("person"))


def test_what_has_come_is_told_once_it_was_there_twice() -> None:
    assert Walk().looks(DOG, DOG, DOG, DOG) == ["A dog ahead."]
    assert Walk().looks(DOG, EMPTY, DOG, EMPTY, DOG) == []


def test_what_is_known_is_not_told() -> None:
    assert Walk(DOG).looks(DOG, DOG, DOG) == []


def test_what_flickers_is_not_told_again() -> None:
    assert Walk(DOG).looks(DOG, EMPTY, DOG, DOG, EMPTY, DOG, DOG) == []


def test_what_went_and_came_again_is_told_again() -> None:
    assert Walk(DOG).looks(EMPTY, EMPTY, DOG, DOG) == ["A dog ahead."]


def test_another_one_is_told_as_that_where_it_is() -> None:
    assert Walk(DOG).looks(TWO_DOGS, TWO_DOGS, TWO_DOGS) == ["Another dog on the right."]


def test_what_only_moves_is_not_told() -> None:
    assert Walk(DOG).looks(scene(found("dog", 0.9, LEFT)), scene(found("dog", 0.9, RIGHT))) == []


def test_what_is_close_now_is_told() -> None:
    assert Walk(CAR).looks(CAR, CLOSE_CAR, CLOSE_CAR, CLOSE_CAR) == ["A car close ahead."]
    assert Walk(CLOSE_CAR).looks(CLOSE_CAR, CLOSE_CAR) == []


def test_somebody_who_was_close_and_is_gone_is_told() -> None:
    assert Walk(CLOSE_PERSON).looks(EMPTY, EMPTY, EMPTY, EMPTY) == ["Gone: a person."]
    assert Walk(PERSON).looks(EMPTY, EMPTY, EMPTY) == []
    assert Walk(CLOSE_PERSON).looks(EMPTY, CLOSE_PERSON, EMPTY, CLOSE_PERSON) == []


def test_that_a_vehicle_is_gone_is_never_told() -> None:
    assert Walk(CLOSE_CAR).looks(EMPTY, EMPTY, EMPTY) == []


def test_what_was_not_heard_stays_new() -> None:
    walk = Walk()
    assert walk.looks(DOG) == []
    assert walk.look(DOG, hears=False) == walk.look(DOG, hears=False) == walk.look(DOG) == ["A dog ahead."]
    assert walk.look(DOG) == []


def test_it_is_soon_too_late_to_tell_who_is_gone() -> None:
    walk = Walk(CLOSE_PERSON)
    told = [walk.look(EMPTY, hears=False) for _ in range(7)]
    assert told == [[], ["Gone: a person."], ["Gone: a person."], ["Gone: a person."], [], [], []]


def test_what_is_only_probable_is_neither_new_nor_gone() -> None:
    unsure = scene(found("dog", 0.5))
    assert Walk().looks(unsure, unsure, unsure) == []
    assert Walk(DOG).looks(unsure, unsure, DOG, DOG) == []


def test_several_are_enough() -> None:
    crowd = scene(*(found("person", 0.9, AHEAD) for _ in range(6)))
    assert Walk(scene(found("person"))).looks(crowd, crowd, crowd) == ["Several more people ahead."]


def test_a_new_description_is_what_counts() -> None:
    walk = Walk()
    assert walk.looks(DOG, DOG) == ["A dog ahead."]
    walk.heard = SceneReport("", 0.0, things=tuple(groups(CAR, PHRASING)))
    assert walk.looks(DOG) == ["A dog ahead."]


def test_what_is_underfoot_is_told_and_other_ground_is_not() -> None:
    water, road = scene(place="park", ground="water"), scene(place="park", ground="road")
    assert Walk().looks(water, water) == ["Water in front."]
    assert Walk().looks(road, road) == []


def test_nothing_is_known_before_anything_is_heard() -> None:
    surroundings = Surroundings()
    assert surroundings.look(groups(DOG, PHRASING), None) == Changes()
    (dog,) = surroundings.look(groups(DOG, PHRASING), None).come
    assert (dog.name, dog.number, dog.where) == ("dog", 1, (Direction.AHEAD,))
    assert surroundings.known_after(Changes(come=(dog,))) == (
        Group("dog", 1, (Direction.AHEAD,), Doubt.PLAIN, rank_of("dog")),
    )


@given(st.lists(objects, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
def test_any_walk(seen: list, hears: list[bool]) -> None:
    """Nothing that comes was told before and stayed, nobody is gone who is there, and nothing is promised."""
    walk = Walk()
    before: set[str] = set()
    for found_now, heard in zip(seen, hears, strict=False):
        now = scene(*found_now)
        likely = {each.name for each in groups(now, PHRASING) if each.doubt is Doubt.PLAIN}
        changes = walk.surroundings.look(groups(now, PHRASING), walk.heard)
        assert {each.name for each in changes.come} <= likely & before
        assert not {each.name for each in changes.gone} & likely
        assert [each.rank for each in changes.come] == sorted(each.rank for each in changes.come)
        for language in ("en", "id"):
            assert not promises_safety(load_language(language).changes(changes, 14)[0])
        text, told = load_language("en").changes(changes, 14)
        if text and heard:
            walk.heard = SceneReport(text, 0.0, things=walk.surroundings.known_after(told))
        before = likely


@given(objects)
def test_an_unchanging_scene_is_told_at_most_once_a_thing(found_now: list) -> None:
    walk, still = Walk(), scene(*found_now)
    told = [walk.look(still) for _ in range(30)]
    assert not any(told[20:])
