import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.scoring import object_hallucination
from earsight_training.scoring.object_hallucination import made_up


@pytest.mark.parametrize(
    ("caption", "reference", "invented"),
    [
        ("a dog runs", "A puppy is running .", set()),  # another word for it
        ("a puppy runs", "A dog is running .", set()),
        ("dogs in boats", "a dog in a boat", set()),  # plurals
        ("a bus", "two buses", set()),
        ("children play", "A toddler plays", set()),
        ("a person jumps", "a boy jumps", set()),  # what it is a kind of
        ("a boy jumps", "a person jumps", set()),  # a kind of it
        ("a man jumps", "a woman jumps", {"man"}),  # a sibling is another thing
        ("a dog and a frisbee", "a dog", {"frisbee"}),
        ("a man on a motorcycle", "a man on a bicycle", {"motorcycle"}),
        ("a man on a bike", "a man on a bicycle", set()),
        ("a blue thing is running fast", "nothing of it", set()),  # colours and actions are not judged
        ("", "a dog", set()),
        ("Two DOGS.", "dog", set()),
    ],
)
def test_made_up(caption, reference, invented):
    assert made_up(caption, [reference]) == invented


def test_one_reference_of_several_is_enough():
    assert made_up("a dog with a ball", ["a dog", "somebody throws a ball"]) == set()
    assert made_up("a dog with a ball", []) == {"dog", "ball"}


def test_every_kind_is_itself_an_object():
    for thing, (kind_of, _) in object_hallucination._OBJECTS.items():
        assert kind_of in {"", *object_hallucination._OBJECTS}, thing


def test_the_method_and_its_limits_are_documented():
    for said in ("CHAIR", "1809.02156", "overstates", "not judged"):
        assert said in (object_hallucination.__doc__ or "")


def test_a_couple_of_dogs_is_no_couple() -> None:
    assert made_up("a couple of dogs run", ["two dogs are running"]) == set()
    assert made_up("a couple runs", ["two dogs are running"]) == {"couple"}
