"""The describer: what it asks of its captioner for which request, and how it ends when it is cancelled."""

import numpy as np
import pytest

from earsight.captioners.captioner import DecodingCancelledError
from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.schema import Config
from earsight.errors import CaptionerError
from earsight.scene import Frame, Problem
from earsight.vision.describer import Describer, LookRequest, Stage, build_describer
from earsight.vision.novelty import KnownScene, cosine_distance
from earsight.vision.quality import QualityLimits
from tests.earsight.stand_ins import ColourCaptioner, painted

RED, GREEN = Frame(painted("red"), 12.5), Frame(painted("green"), 13.0)
DARK = Frame(np.zeros((60, 80, 3), np.uint8), 14.0)


@pytest.fixture
def captioner():
    return ColourCaptioner()


@pytest.fixture
def describer(captioner):
    return Describer(captioner)


def test_a_scene_has_captions_the_embedding_and_the_time_of_its_frame(describer):
    look = describer.describe(RED, LookRequest(QualityLimits()))
    scene = look.scene
    assert (scene.captured_at, scene.problem, scene.known) == (12.5, None, False)
    assert [caption.text for caption in scene.captions] == ["a red wall", "a red wall of bricks"]
    assert np.linalg.norm(scene.embedding) == pytest.approx(1)
    assert (scene.objects, scene.place, scene.text) == ((), None, ())
    assert list(look.seconds) == [Stage.QUALITY, Stage.PREPROCESS, Stage.ENCODE, Stage.DECODE]
    assert all(seconds >= 0 for seconds in look.seconds.values())
    assert look.total == sum(look.seconds.values())


def test_a_bad_picture_is_not_encoded(captioner, describer):
    look = describer.describe(DARK, LookRequest(QualityLimits()))
    assert look.scene.problem is Problem.DARK
    assert look.scene.captured_at == 14.0
    assert look.scene.embedding is None
    assert list(look.seconds) == [Stage.QUALITY]
    assert captioner.encoded == 0


def test_without_limits_no_picture_is_judged(describer):
    look = describer.describe(DARK, LookRequest())
    assert look.scene.problem is None
    assert look.scene.captions
    assert Stage.QUALITY not in look.seconds


def test_a_known_scene_is_not_decoded(captioner, describer):
    red = describer.describe(RED, LookRequest(captions=False)).scene.embedding
    green = describer.describe(GREEN, LookRequest(captions=False)).scene.embedding
    distance = cosine_distance(green, red)
    known = describer.describe(GREEN, LookRequest(known=KnownScene(red, distance + 1e-6)))
    assert known.scene.known
    assert np.array_equal(known.scene.embedding, green)
    assert known.scene.captions == ()
    assert list(known.seconds) == [Stage.PREPROCESS, Stage.ENCODE]
    assert captioner.described == 0
    new = describer.describe(GREEN, LookRequest(known=KnownScene(red, distance)))
    assert not new.scene.known
    assert new.scene.captions[0].text == "a green wall"


def test_without_captions_nothing_is_decoded(captioner, describer):
    look = describer.describe(RED, LookRequest(captions=False))
    assert look.scene.embedding is not None
    assert look.scene.captions == ()
    assert captioner.described == 0


@pytest.mark.parametrize("asked", range(1, 4))
def test_a_cancelled_look_begins_no_other_stage(captioner, describer, asked):
    """Cancelled when it asks for the first, second or third time: at preprocessing, encoding or decoding."""
    answers = iter([False] * (asked - 1) + [True])
    with pytest.raises(DecodingCancelledError):
        describer.describe(RED, LookRequest(), lambda: next(answers))
    assert captioner.encoded == (asked > 2)
    assert captioner.described == 0


def test_a_decoding_that_goes_on_is_cancelled(captioner, describer):
    captioner.gate.clear()
    with pytest.raises(DecodingCancelledError):
        describer.describe(RED, LookRequest(), lambda: captioner.described > 0)
    captioner.gate.set()
    assert describer.describe(RED, LookRequest()).scene.captions


def test_warming_up_runs_the_captioner(captioner, describer):
    captioner.fault = CaptionerError("no model")
    with pytest.raises(CaptionerError):
        describer.warm_up()


def test_it_is_built_from_the_settings():
    describer = build_describer(Config(captioner=OnnxCaptionerSection(threads=1, max_tokens=4)))
    assert describer.describe(RED, LookRequest()).scene.captions[0].text
