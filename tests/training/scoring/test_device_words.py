"""What the device says of things is understood by the table of words that it is measured by."""

import pytest

from earsight.config.schema import Config
from earsight.scene import Box, DetectedObject, Scene
from earsight.service.builders import build_policy
from earsight_training.scoring.spoken_things import LANGUAGES, spoken_things
from earsight_training.scoring.thing_words import CLASSES

LEFT, RIGHT = Box(0, 0.3, 0.2, 0.6), Box(0.8, 0.3, 1, 0.6)


@pytest.fixture(scope="module", params=LANGUAGES)
def policy(request):
    return build_policy(Config(language=request.param))


@pytest.mark.parametrize("name", sorted(CLASSES))
@pytest.mark.parametrize("boxes", [(LEFT,), (LEFT, RIGHT)], ids=["one", "two"])
def test_a_thing_that_is_said_is_found_with_its_directions(policy, name, boxes):
    objects = tuple(DetectedObject(name, 0.95, box) for box in boxes)
    said = policy.language.describe(Scene(0.0, objects=objects, presence={name: 0.97}), policy.phrasing).text
    found = [(thing.classes, thing.directions) for thing in spoken_things(said, policy.language.code)]
    assert found == [({name}, {str(box.direction) for box in boxes})], said
