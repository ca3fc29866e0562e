from pathlib import Path

import pytest

from earsight_training.data.labels import PhotoLabels
from earsight_training.scoring.answers import described
from earsight_training.scoring.utterance_scores import ABOUT, class_shares, utterance_scores

JUDGED = frozenset({"person", "dog", "cat"})


def answer(said, present, judged=JUDGED, thirds=None):
    thirds = {name: frozenset(each) for name, each in (thirds or {}).items()}
    photo = PhotoLabels(Path("a.jpg"), judged, frozenset(present), {}, thirds)
    return described(photo, {"said": said}, "en")


def test_scores():
    answers = [
        answer("A man with a dog. Maybe a cat.", ["person", "dog"]),
        answer("A cat on the left.", ["cat", "dog"], thirds={"cat": ["left"]}),
        answer("A person.", ["dog"]),
        answer("A tree.", []),
    ]
    found = {metric.name: metric.value for metric in utterance_scores(answers)}
    assert found == pytest.approx(
        {
            "names-wrong": 2 / 4,
            "names-wrong-plainly": 1 / 4,
            "present-named": 3 / 5,
            "names-present": 2 / 3,
            "names-anything": 1,
            "people-where-none": 1 / 3,
            "directions-right": 1,
            "words": (8 + 5 + 2 + 2) / 4,
            "words-a-sentence": 17 / 5,
        }
    )
    assert found.keys() == ABOUT.keys()


def test_people_count_as_absent_only_where_that_is_known():
    answers = [
        answer("A man.", ["dog"], frozenset({"dog"})),
        answer("A man.", ["dog"]),
        answer("A dog.", ["dog"]),
    ]
    found = {metric.name: metric.value for metric in utterance_scores(answers)}
    assert found["people-where-none"] == 1 / 2


def test_how_often_a_class_is_named():
    answers = [answer("A dog.", ["dog"]), answer("A cat.", ["dog"]), answer("A dog.", []), answer("", [])]
    answers.append(answer("A dog.", [], frozenset({"cat"})))
    shares = {metric.name: metric.value for metric in class_shares(answers, "dog")}
    assert shares == {"named": 1 / 2, "named-where-none": 1 / 2}


def test_what_nothing_can_be_counted_of_is_left_out():
    assert "directions-right" not in {metric.name for metric in utterance_scores([answer("A dog.", ["dog"])])}
