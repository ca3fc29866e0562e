"""What is said of a scene with a detector, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given

from earsight.language.language import Directions, Phrasing, Style
from earsight.language.languages import load_language, promises_safety
from earsight.language.readers import READERS
from earsight.language.vocabulary import MOVING, THINGS, with_kinds
from earsight.scene import Box, DetectedObject, Problem, Scene
from tests.earsight.language.scenes import (
    AHEAD,
    CLOSE,
    LEFT,
    PHRASING,
    RIGHT,
    caption,
    found,
    phrasings,
    scene,
    scenes,
)
from tests.earsight.words import english, words

CANT_TELL, NO_MORE = english("description.none"), english("description.no_more")


def said(scene: Scene, phrasing: Phrasing = PHRASING, *, detail: bool = False, language: str = "en") -> str:
    return load_language(language).describe(scene, phrasing, detail=detail).text


STREET = scene(
    found("person", 0.8, RIGHT),
    found("person", 0.7, Box(0.7, 0.4, 0.8, 0.7)),
    found("car", 0.9, CLOSE),
    place="street",
)
KITCHEN = scene(found("dining table", 0.9), found("refrigerator", 0.8, LEFT), place="kitchen")


def test_what_is_close_comes_first_and_the_place_before_all() -> None:
    assert said(STREET) == "Street. A car close ahead, two people on the right."
    assert said(STREET, language="id") == "Di jalan. Mobil dekat di depan, dua orang di kanan."


def test_things_with_directions() -> None:
    assert said(KITCHEN) == "Kitchen. A table ahead, a fridge on the left."
    assert said(KITCHEN, language="id") == "Di dapur. Meja di depan, kulkas di kiri."


@pytest.mark.parametrize(
    ("directions", "english", "indonesian"),
    [
        (Directions.THIRDS, "A bench on the right.", "Bangku di kanan."),
        (Directions.CLOCK, "A bench at 2 o'clock.", "Bangku di arah jam 2."),
        (Directions.NONE, "A bench.", "Bangku."),
    ],
)
def test_directions_are_said_as_they_are_set(directions: Directions, english: str, indonesian: str) -> None:
    phrasing = replace(PHRASING, directions=directions)
    bench = scene(found("bench", 0.9, RIGHT))
    assert said(bench, phrasing) == english
    assert said(bench, phrasing, language="id") == indonesian


def test_what_is_underfoot_comes_before_people() -> None:
    seen = scene(found("person", 0.9, LEFT), found("pothole", 0.7))
    assert said(seen) == "A pothole ahead, a person on the left."


def test_one_class_on_both_sides_is_counted_together() -> None:
    seen = scene(found("person", 0.9, LEFT), found("person", 0.8, RIGHT), found("person", 0.8, RIGHT))
    assert said(seen) == "Three people on both sides."
    assert said(seen, language="id") == "Tiga orang di kiri dan kanan."


def test_those_that_are_not_as_close_are_others() -> None:
    seen = scene(found("dog", 0.9, CLOSE), found("dog", 0.8, LEFT))
    assert said(seen) == "A dog close ahead, another dog on the left."
    assert said(seen, language="id") == "Seekor anjing dekat di depan, seekor anjing lagi di kiri."
    sheep = scene(found("sheep", 0.9, CLOSE), found("sheep", 0.8, LEFT))
    assert said(sheep) == "Sheep close ahead, more sheep on the left."
    assert said(sheep, language="id") == "Domba dekat di depan, domba lagi di kiri."


def test_doubt_of_each_thing_is_in_the_words() -> None:
    seen = scene(found("bench", 0.9, LEFT), found("chair", 0.5, RIGHT), found("sign", 0.3))
    assert said(seen) == "A bench on the left. Probably a chair on the right."
    assert said(seen, detail=True) == (
        "A bench on the left. Probably a chair on the right. Not sure: a sign ahead."
    )
    assert said(seen, detail=True, language="id") == (
        "Bangku di kiri. Sepertinya kursi di kanan. Mungkin papan tanda di depan."
    )


def test_what_is_too_unsure_is_not_said() -> None:
    assert said(scene(found("bench", 0.2)), detail=True) == CANT_TELL


def test_what_matters_to_someone_walking_is_said_from_less() -> None:
    careless = replace(PHRASING, object_probably=0.62)
    assert said(scene(found("stairs", 0.5)), careless) == "Probably stairs ahead."
    assert said(scene(found("chair", 0.5)), careless) == CANT_TELL


def test_of_what_matters_to_someone_walking_even_a_doubtful_thing_is_told_once() -> None:
    picture = scene(found("stairs", 0.31), found("bench", 0.9, LEFT), found("chair", 0.36, RIGHT))
    assert said(picture) == "Not sure, maybe stairs ahead. A bench on the left."
    assert said(picture, detail=True) == (
        "Not sure, maybe stairs ahead. A bench on the left. Not sure: a chair on the right."
    )
    assert said(scene(found("stairs", 0.29))) == CANT_TELL
    careful = replace(PHRASING, style=Style.CAREFUL)
    assert said(picture, careful) == "A bench on the left."


def test_what_is_somewhere_is_said_without_a_direction() -> None:
    door = DetectedObject("door", 0.9, None)
    assert said(scene(door)) == "Probably a door."
    assert said(scene(door), language="id") == "Sepertinya pintu."


def test_what_is_nowhere_is_doubtful_unless_it_is_underfoot() -> None:
    assert said(scene(found("pole", 0.99, None), found("cat", 0.9))) == "A cat ahead. Probably a pole."
    assert said(scene(found("pole", 0.99)), language="id") == "Tiang di depan."
    assert said(scene(found("pole", 0.99, None)), language="id") == "Sepertinya tiang."
    assert said(scene(found("puddle", 0.99, None))) == "A puddle."
    careful = replace(PHRASING, style=Style.CAREFUL)
    assert said(scene(found("fence", 0.99, None), found("cat", 0.9)), careful) == "A cat ahead."


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("en", "Three cars on three sides."),
        ("id", "Tiga mobil di tiga sisi."),
    ],
)
def test_nothing_is_said_to_be_behind_a_camera(language: str, spoken: str) -> None:
    cars = scene(*(found("car", 0.9, box) for box in (LEFT, AHEAD, RIGHT)))
    assert said(cars, language=language) == spoken


def test_a_street_has_no_road_in_front() -> None:
    assert said(scene(found("car", box=LEFT), place="street", ground="road")) == "Street. A car on the left."


def test_the_ground_is_said_where_it_matters() -> None:
    car = found("car", box=LEFT)
    assert said(scene(car, ground="water")) == "Water in front, a car on the left."
    assert said(scene(car, ground="road"), language="id") == "Mobil di kiri, jalan raya tepat di depan."
    assert said(scene(ground="floor")) == CANT_TELL
    assert said(scene(ground="road")) == CANT_TELL, "a texture that is not known looks like a road too"
    assert (
        said(scene(found("stairs", 0.9), ground="stairs")) == said(scene(ground="stairs")) == "Stairs ahead."
    )
    assert said(scene(found("person", 0.9), ground="grass")) == "A person ahead, grass in front."
    assert said(scene(place="kitchen", ground="grass")) == "Kitchen."
    assert said(scene(place="water", ground="water")) == "Water."


@pytest.mark.parametrize("place", ["outdoors", "indoors", "room"])
def test_a_place_that_tells_nothing_is_not_said(place: str) -> None:
    assert said(scene(place=place)) == CANT_TELL


def test_a_place_alone_is_said() -> None:
    assert said(scene(place="kitchen")) == "Kitchen."
    assert said(scene(place="kitchen"), language="id") == "Di dapur."


@pytest.mark.parametrize("detail", [False, True])
def test_nothing_known_is_admitted(detail: bool) -> None:
    assert said(scene(), detail=detail) == CANT_TELL
    description = load_language("id").describe(scene(), PHRASING, detail=detail)
    assert description.abstained
    assert description.text == words("id", "description.none")


def test_a_problem_comes_before_all() -> None:
    assert said(replace(STREET, problem=Problem.DARK)) == "The picture is too dark."


RIDER = (
    caption("a man rides a motorcycle", 0.65),
    caption("seorang pria mengendarai sepeda motor", 0.65, "id"),
)


def test_a_likely_caption_takes_the_place_of_what_it_names() -> None:
    seen = scene(found("person"), found("motorcycle"), found("bench", 0.9, LEFT), captions=RIDER)
    assert said(seen) == "A bench on the left. Probably a man rides a motorcycle."
    assert said(seen, language="id") == "Bangku di kiri. Sepertinya seorang pria mengendarai sepeda motor."


def test_in_detail_the_things_come_first_and_then_the_caption() -> None:
    seen = scene(found("person"), found("motorcycle"), captions=RIDER)
    assert said(seen, detail=True) == ("A person and a motorcycle ahead. Probably a man rides a motorcycle.")


def test_what_is_close_is_never_left_to_a_caption() -> None:
    seen = scene(found("person", 0.9, CLOSE), found("motorcycle"), captions=RIDER)
    assert said(seen) == "A person close ahead, a motorcycle ahead."


def test_a_caption_that_counts_fewer_is_not_said() -> None:
    seen = scene(found("person", 0.9, LEFT), found("person", 0.9, RIGHT), found("motorcycle"), captions=RIDER)
    assert said(seen) == "Two people on both sides, a motorcycle ahead."


@pytest.mark.parametrize("text", ["a person on a bench", "a red bench", "a man in a park"])
def test_a_caption_that_adds_nothing_is_not_said(text: str) -> None:
    seen = scene(found("person"), found("bench"), place="park", captions=(caption(text, 0.9),))
    assert said(seen) == "Park. A person and a bench ahead."


def test_a_caption_that_names_the_place_is_said_without_it() -> None:
    seen = scene(found("dog"), captions=(caption("a dog runs in a park"),), place="park")
    assert said(seen) == "A dog runs in a park."


def test_an_unlikely_caption_is_not_said_beside_things() -> None:
    seen = scene(found("dog"), captions=(caption("a dog runs in a park", 0.5),))
    assert said(seen) == "A dog ahead."
    assert said(seen, detail=True) == "A dog ahead. Probably a dog runs in a park."


# Nobody who is not there


def test_nobody_is_named_who_is_probably_not_there() -> None:
    seen = scene(found("chair"), captions=(caption("a man sits on a chair", 0.95),))
    for detail in (False, True):
        assert "man" not in said(seen, detail=detail)


def test_the_next_caption_is_said_instead() -> None:
    captions = (caption("a man sits on a chair", 0.95), caption("a chair lies on its side", 0.9))
    assert said(scene(found("chair"), captions=captions)) == "A chair lies on its side."


def test_what_may_be_there_is_named_with_doubt() -> None:
    seen = scene(captions=(caption("a man sits on a chair", 0.95),), person=0.4)
    assert said(seen) == "Probably a man sits on a chair."
    seen = scene(captions=(caption("a man sits on a chair", 0.95),), person=0.5)
    assert said(seen) == "A man sits on a chair."


def test_no_caption_puts_a_rider_on_a_parked_motorcycle() -> None:
    """Who is too doubtful to be said is not said in a sentence either, nor listed below an even chance."""
    rider = caption("a man rides a motorcycle", 0.95)
    seen = scene(found("motorcycle", 0.9), found("person", 0.45), captions=(rider,), person=0.45)
    careful_of_people = replace(PHRASING, object_probably=0.62, object_maybe=0.35, presence=0.7)
    for detail in (False, True):
        text = said(seen, careful_of_people, detail=detail)
        assert "motorcycle" in text
        assert not re.search(r"\b(man|person)\b", text)
    seen = scene(found("motorcycle", 0.9), found("person", 0.55), captions=(rider,), person=0.55)
    assert said(seen, careful_of_people, detail=True).endswith("Not sure: a person ahead.")


def test_a_dog_is_no_horse() -> None:
    seen = scene(captions=(caption("a horse runs", 0.95),), dog=0.9, horse=0.1)
    assert said(seen) == CANT_TELL


def test_a_rival_guess_of_a_thing_is_not_said() -> None:
    seen = scene(found("car"), captions=(caption("a truck drives down a road", 0.95),), truck=0.6)
    for detail in (False, True):
        assert "truck" not in said(seen, detail=detail)


# Styles, languages and no detector

CAREFUL = replace(PHRASING, style=Style.CAREFUL)


def test_the_careful_style_says_only_what_is_likely() -> None:
    seen = scene(found("bench", 0.85, LEFT), found("chair", 0.7, RIGHT), captions=RIDER)
    assert said(seen, CAREFUL) == "A bench on the left."
    assert said(seen, CAREFUL, detail=True) == "A bench on the left. Probably a chair on the right."


def test_the_careful_style_says_what_captions_make_likely() -> None:
    seen = scene(found("bench", 0.85, LEFT), captions=(caption("a dog on a bench", 0.99),), dog=0.6)
    assert said(seen, CAREFUL) == "A dog, a bench on the left."
    absent = scene(found("bench", 0.85, LEFT), captions=(caption("a dog on a bench", 0.99),))
    assert said(absent, CAREFUL) == "A bench on the left."


@pytest.mark.parametrize("language", ["en", "id"])
def test_of_a_caption_in_another_language_only_things_are_said(language: str) -> None:
    other = (
        caption("a dog jumps", 0.99) if language == "id" else caption("seekor anjing melompat", 0.99, "id")
    )
    assert said(scene(captions=(other,), dog=0.9), language=language) in ("A dog.", "Seekor anjing.")
    assert said(Scene(0.0, captions=(other,)), language=language) in ("A dog.", "Seekor anjing.")
    assert said(scene(captions=(other,)), language=language) == words(language, "description.none")


def test_without_a_detector_the_place_comes_before_the_caption() -> None:
    seen = replace(scene(place="kitchen", captions=(caption("a man cooks"),)), presence={})
    assert said(seen) == "Kitchen. A man cooks."
    named = replace(scene(place="kitchen", captions=(caption("a man cooks in a kitchen"),)), presence={})
    assert said(named) == "A man cooks in a kitchen."


# Any scene


@given(scenes(), phrasings())
def test_any_scene_is_short_and_promises_nothing(scene: Scene, phrasing: Phrasing) -> None:
    for language in ("en", "id"):
        for detail in (False, True):
            text = said(scene, phrasing, detail=detail, language=language)
            assert text.endswith(".")
            assert text[0].isupper()
            assert not promises_safety(text), text
            assert not re.search(r"\b(\w+) \1\b|  | [,.]|\.\.|,,", text.lower()), text
        assert len(said(scene, phrasing, language=language).split()) <= phrasing.words


@given(scenes(), phrasings())
def test_any_scene_names_nothing_twice(scene: Scene, phrasing: Phrasing) -> None:
    for language in ("en", "id"):
        text = said(replace(scene, captions=()), phrasing, language=language)
        names = [
            name
            for clause in re.split(r"[,.] ?| and | dan ", text)
            for name in _specific(READERS[language](clause))
            if not re.search(r"\b(another|more|lagi)\b", clause)
        ]
        assert len(names) == len(set(names)), text


@given(scenes(), phrasings())
def test_nobody_is_ever_named_who_is_not_there(scene: Scene, phrasing: Phrasing) -> None:
    """By the detector's objects, or by the presence of a class of that kind."""
    for language in ("en", "id"):
        for detail in (False, True):
            text = said(scene, phrasing, detail=detail, language=language)
            for kind in MOVING & READERS[language](text).keys():
                seen = [value for name, value in scene.presence.items() if kind in with_kinds(name)]
                is_found = any(kind in with_kinds(each.name) for each in scene.objects)
                least = min(phrasing.object_probably, phrasing.presence) if kind == "person" else 0.35
                assert is_found or not seen or max(seen) >= least, (kind, text)


@given(scenes(), phrasings())
def test_directions_are_those_of_the_boxes(scene: Scene, phrasing: Phrasing) -> None:
    phrasing = replace(phrasing, directions=Directions.THIRDS)
    text = said(replace(scene, captions=(), ground=None), phrasing)
    directions = {each.box.direction for each in scene.objects}
    for phrase, direction in (("on the left", "left"), ("ahead", "ahead"), ("on the right", "right")):
        assert phrase not in text or direction in directions


def _specific(mentions: dict[str, object]) -> list[str]:
    return [
        name
        for name in mentions
        if not THINGS[name].place and not any(name in with_kinds(other) - {other} for other in mentions)
    ]
