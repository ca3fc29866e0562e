"""The describer: what it asks of its captioner for which request, and how it ends when it is cancelled."""

import numpy as np
import pytest

from earsight.captioners.captioner import DecodingCancelledError
from earsight.config.captioner import OnnxCaptionerSection
from earsight.config.objects import ObjectsSection
from earsight.config.schema import Config
from earsight.errors import CaptionerError
from earsight.inference.placement import Placement
from earsight.readers.reader import ReaderError, proceed
from earsight.scene import Box, Direction, Frame, Problem, Reading, TextLine
from earsight.vision.describer import TEXT, Describer, LookRequest, build_describer
from earsight.vision.quality import QualityLimits
from earsight.vision.stages import Stage
from tests.earsight.detectors.tiny_graphs import with_detector, with_place_head
from tests.earsight.stand_ins import ColourCaptioner, ShownObjects, painted

REST = [{"name": "dog"}, {"name": "car"}]
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
    assert (scene.captured_at, scene.problem) == (12.5, None)
    assert [caption.text for caption in scene.captions] == ["a red wall", "a red wall of bricks"]
    assert np.linalg.norm(scene.embedding) == pytest.approx(1)
    assert (scene.objects, scene.place, scene.text) == ((), None, None)
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


PERSON_LEFT, DOG_RIGHT = Box(0, 0, 0.3, 1), Box(0.8, 0.5, 1, 1)


@pytest.fixture
def detector():
    detector = ShownObjects("person", "dog")
    detector.shown = [("dog", 0.7, DOG_RIGHT), ("person", 0.9, PERSON_LEFT), ("dog", 0.3, PERSON_LEFT)]
    return detector


def test_a_scene_has_the_objects_and_what_is_likely_to_be_there(captioner, detector):
    look = Describer(captioner, detector).describe(RED, LookRequest(QualityLimits()))
    found = [(each.name, each.box, each.box.direction) for each in look.scene.objects]
    assert found == [("person", PERSON_LEFT, Direction.LEFT), ("dog", DOG_RIGHT, Direction.RIGHT)]
    assert look.scene.presence == pytest.approx({"person": 0.9, "dog": 0.7}, abs=1e-4)
    assert len(look.evidence.detections.found) == 3
    assert list(look.seconds) == [
        Stage.QUALITY,
        Stage.PREPROCESS,
        Stage.ENCODE,
        Stage.DETECT,
        Stage.DECODE,
    ]


BLURRED = QualityLimits(dark=0, covered=0, overexposed=2, blurred=500)
"""By these, every picture is."""


@pytest.mark.parametrize("sure", [0.4, 0.6])
def test_a_picture_that_seems_blurred_is_described_where_it_is_filled_with_stairs(captioner, sure):
    detector = ShownObjects("person", "stairs")
    detector.shown = [("person", 0.9, PERSON_LEFT), ("stairs", sure, DOG_RIGHT)]
    scene = Describer(captioner, detector).describe(RED, LookRequest(BLURRED)).scene
    if sure < 0.5:
        assert (scene.problem, scene.objects, scene.captions) == (Problem.BLURRED, (), ())
    else:
        assert (scene.problem, len(scene.objects), len(scene.captions)) == (None, 2, 2)
    assert captioner.described == (sure > 0.5)


def test_a_blurred_picture_is_not_encoded_where_nothing_can_be_found_in_it(captioner, detector):
    assert Describer(captioner).describe(RED, LookRequest(BLURRED)).scene.problem is Problem.BLURRED
    request = LookRequest(BLURRED, captions=False, objects=False)
    assert Describer(captioner, detector).describe(RED, request).scene.problem is Problem.BLURRED
    assert captioner.encoded == 0


def test_without_a_detector_nothing_is_known_of_what_is_there(describer):
    look = describer.describe(RED, LookRequest())
    assert (look.scene.objects, look.scene.presence, look.evidence) == ((), {}, None)
    assert look.scene.captions[0].evidence["support"] == 0


def test_captions_are_weighed_by_what_was_detected(captioner, detector):
    captioner.words = "a man with a red wall"
    captions = Describer(captioner, detector).describe(RED).scene.captions
    assert captions[0].evidence["support"] == pytest.approx(np.log(9), abs=0.01)
    detector.shown = []
    captions = Describer(captioner, detector).describe(RED).scene.captions
    assert captions[0].evidence["support"] == pytest.approx(-4)


def test_who_wants_only_the_embedding_gets_no_detection(captioner, detector):
    look = Describer(captioner, detector).describe(RED, LookRequest(captions=False, objects=False))
    assert (detector.detected, captioner.described, look.scene.presence) == (0, 0, {})
    assert look.scene.embedding is not None


def test_objects_can_be_had_without_captions(captioner, detector):
    look = Describer(captioner, detector).describe(RED, LookRequest(captions=False))
    assert len(look.scene.objects) == 2
    assert (captioner.described, look.scene.captions) == (0, ())


def test_captions_bring_the_objects_that_they_are_weighed_by(captioner, detector):
    look = Describer(captioner, detector).describe(RED, LookRequest(objects=False))
    assert (detector.detected, captioner.described) == (1, 1)
    assert look.scene.captions


@pytest.mark.parametrize("worth", [True, False])
def test_what_was_detected_decides_whether_captions_are_still_wanted(captioner, detector, worth):
    asked = []

    def worth_captions(scene):
        asked.append([each.name for each in scene.objects])
        return worth

    look = Describer(captioner, detector).describe(RED, LookRequest(worth_captions=worth_captions))
    assert asked == [["person", "dog"]]
    assert (bool(look.scene.captions), captioner.described) == (worth, int(worth))
    assert look.scene.objects


def test_a_bad_picture_is_not_detected(captioner, detector):
    describer = Describer(captioner, detector)
    assert describer.describe(DARK, LookRequest(QualityLimits())).scene.objects == ()
    assert detector.detected == 0


def test_only_what_counts_is_named(captioner, detector):
    scene = Describer(captioner, detector, names=frozenset({"dog"})).describe(RED).scene
    assert [each.name for each in scene.objects] == ["dog"]


def test_a_detector_that_fails_fails_the_look(captioner, detector):
    detector.fault = CaptionerError("no detector")
    for work in (
        Describer(captioner, detector).warm_up,
        lambda: Describer(captioner, detector).describe(RED),
    ):
        with pytest.raises(CaptionerError, match="no detector"):
            work()
    assert captioner.described == 0


def test_what_computes_is_told_of_all_engines(captioner, detector):
    captioner.placement = Placement({"captioner": "test"}, "too slow")
    placement = Describer(captioner, detector).placement
    assert placement == Placement({"captioner": "test", "detector": "test"}, "too slow")


def test_warming_up_runs_the_captioner(captioner, describer):
    captioner.fault = CaptionerError("no model")
    with pytest.raises(CaptionerError):
        describer.warm_up()


def test_it_is_built_from_the_settings():
    describer = build_describer(Config(captioner=OnnxCaptionerSection(threads=1, max_tokens=4)))
    assert describer.describe(RED, LookRequest()).scene.captions[0].text


def test_the_bundles_detector_and_place_head_are_built_too(tmp_path):
    folder = with_place_head(with_detector(tmp_path, classes=[{"name": "person", "presence": 1}, *REST]))
    describer = build_describer(
        Config(captioner=OnnxCaptionerSection(bundle=folder, threads=1, max_tokens=4))
    )
    describer.warm_up()
    look = describer.describe(Frame(np.full((60, 80, 3), (200, 90, 90), np.uint8), 1.0))
    scene = look.scene
    assert (scene.place.name, scene.ground.name) == ("street", "grass")
    assert list(scene.presence) == ["person", "dog", "car"]
    assert scene.presence["person"] == pytest.approx(200 / 255, abs=0.01)
    assert {each.name for each in scene.objects} == {"person"}
    assert list(look.seconds) == [
        Stage.PREPROCESS,
        Stage.ENCODE,
        Stage.PLACE,
        Stage.DETECT,
        Stage.DECODE,
    ]
    assert set(describer.placement.parts) == {"encoder.onnx", "decoder.onnx", "detector.onnx", "place.onnx"}
    assert look.evidence.head.shape == (3,)


def test_the_place_heads_opinion_is_of_its_own_detector_only(tmp_path):
    """Its presence is of classes that another detector does not have, or has in another order."""
    dog = [{"name": "person"}, {"name": "dog", "presence": 1}, {"name": "car"}]
    folder = with_place_head(with_detector(tmp_path / "one", classes=dog))
    others = with_detector(tmp_path / "other", classes=[{"name": "cat"}, *dog[1:]])
    green = Frame(np.full((60, 80, 3), (10, 128, 10), np.uint8), 1.0)
    captioner = OnnxCaptionerSection(bundle=folder, threads=1, max_tokens=4)
    own = build_describer(Config(captioner=captioner)).describe(green).scene
    assert own.presence["dog"] == pytest.approx(1 / (1 + np.exp(-1)), abs=0.01)
    other = build_describer(Config(captioner=captioner, objects=ObjectsSection(bundle=others)))
    assert other.describe(green).scene.presence["dog"] == pytest.approx(0.5, abs=0.01)
    assert other.describe(green).scene.place.name == "street"


def test_the_settings_say_what_counts_in_any_language(tmp_path):
    captioner = OnnxCaptionerSection(bundle=with_detector(tmp_path), threads=1, max_tokens=4)
    white = Frame(np.full((60, 80, 3), 250, np.uint8), 1.0)

    def found(names):
        describer = build_describer(Config(captioner=captioner, objects=ObjectsSection(names=names)))
        look = describer.describe(white, LookRequest(captions=False))
        assert len(look.scene.presence) == 3
        return {each.name for each in look.scene.objects}

    assert found(None) == {"person", "dog", "car"}
    assert found(["mobil", "animal"]) == {"car", "dog"}
    assert found([]) == found(["guitar"]) == set()


class OneSign:
    """A reader that reads the same in every picture."""

    can_read = True
    placement = Placement({"reader": "test"})
    reading = Reading((TextLine("EXIT", 0.97, Box(0.4, 0.1, 0.6, 0.2), "en"),))

    def read(self, _pixels, checkpoint=proceed, _patience=0.0):
        checkpoint()
        return self.reading

    def let_go(self):
        pass


@pytest.mark.parametrize(("request_", "read"), [(LookRequest(), False), (LookRequest(text=True), True)])
def test_text_is_read_only_when_it_is_wanted(captioner, request_, read):
    look = Describer(captioner, reader=OneSign()).describe(RED, request_)
    assert look.scene.captions
    assert look.scene.text == (OneSign.reading if read else None)
    assert (Stage.READ in look.seconds) is read


def test_a_look_for_text_encodes_nothing(captioner):
    look = Describer(captioner, reader=OneSign()).describe(RED, TEXT)
    assert (look.scene.text, look.scene.embedding) == (OneSign.reading, None)
    assert captioner.encoded == 0


def test_without_a_reader_only_a_look_for_nothing_else_fails(describer):
    assert not describer.can_read
    assert describer.describe(RED, LookRequest(text=True)).scene.text is None
    with pytest.raises(ReaderError):
        describer.describe(RED, TEXT)
