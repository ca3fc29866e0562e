from pathlib import Path

from earsight_training.data.labels import LabelBox, PhotoLabels
from earsight_training.scoring.answers import Detection, described, listed

LEFT, RIGHT = LabelBox(0, 0, 0.2, 1), LabelBox(0.8, 0, 1, 1)


def photo(present, judged=("person", "dog", "cat", "bicycle", "motorcycle"), **directions):
    directions = {name: frozenset([third]) for name, third in directions.items()}
    return PhotoLabels(Path("a.jpg"), frozenset(judged), frozenset(present), {}, directions)


def answer(said, *of, **directions):
    return described(photo(*of, **directions), {"said": said}, "en")


def test_right_wrong_and_missed():
    found = answer("A man with a cat, a tree", ["person", "dog"])
    assert found.named == {"person", "cat"}
    assert found.right == {"person"}
    assert found.missed == {"dog"}
    assert [thing.words for thing in found.wrong] == ["cat"]  # a tree is not judged


def test_a_word_for_several_classes_is_right_if_one_is_there():
    assert answer("A bike", ["motorcycle"]).right == {"motorcycle"}
    assert answer("A bike", ["dog"]).named == set()
    assert len(answer("A bike", ["dog"]).wrong) == 1
    assert not answer("A bike", ["dog"], ["dog", "bicycle"]).wrong  # it may be a motorcycle


def test_a_kind_names_nothing_but_may_be_wrong():
    animals = "bird cat dog horse sheep cow elephant bear zebra giraffe".split()
    assert answer("An animal", ["dog"], animals).right == set()
    assert not answer("An animal", ["dog"], animals).wrong
    assert answer("An animal", [], animals).wrong


def test_directions_are_compared_where_they_are_known():
    found = answer(
        "A dog on the left, a man on the right, a cat ahead", ["dog", "person"], dog="left", person="left"
    )
    assert sorted(found.directions) == [("dog", "left", True), ("person", "right", False)]


def test_what_a_device_found():
    dog = {"name": "dog", "confidence": 0.5, "box": [0, 0, 0.2, 1]}
    cat = {"name": "cat", "confidence": 0.1, "box": [0.8, 0, 1, 1], "score": 0.2}
    row = {"said": "", "objects": [dog | {"direction": "left"}], "detections": [dog, cat]}
    found = described(photo([]), row | {"presence": {"dog": {"probability": 0.6}}}, "en")
    assert found.detections == [Detection("dog", 0.5, LEFT)]
    assert found.candidates == [Detection("dog", 0.5, LEFT), Detection("cat", 0.1, RIGHT)]
    assert found.presence == {"dog": 0.6}


def test_a_plain_list_names_what_is_above_its_threshold():
    everything = [Detection("dog", 0.4, LEFT), Detection("cat", 0.9, LEFT), Detection("cat", 0.6, RIGHT)]
    found = listed(photo(["dog"]), everything, 0.5)
    assert found.candidates == everything
    assert found.said == "cat"
    assert [each.confidence for each in found.detections] == [0.9, 0.6]
    assert [(thing.words, thing.directions) for thing in found.wrong] == [("cat", {"left", "right"})]
    assert found.missed == {"dog"}
