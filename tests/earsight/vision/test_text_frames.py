"""Reading in several frames: how many are read, and what comes of a picture without text."""

import numpy as np
import pytest

from earsight.inference.placement import Placement
from earsight.readers.reader import proceed
from earsight.scene import Box, Frame, Problem, Reading, TextLine
from earsight.system import reading_times
from earsight.vision.quality import QualityLimits
from earsight.vision.text_frames import read_frames, text_scene
from tests.earsight.stand_ins import painted


class ByBrightness:
    """A reader that reads in each frame what the test says, by the frame's first value."""

    can_read = True
    placement = Placement({})

    def __init__(self, *lines):
        self.lines = lines
        self.asked = []

    def read(self, pixels, checkpoint=proceed, _patience=0.0):
        checkpoint()
        number = int(pixels[0, 0, 0])
        self.asked.append(number)
        return Reading(tuple(TextLine(*line, Box(0, 0, 1, 1)) for line in self.lines[number]))

    def let_go(self):
        pass


def frames(*numbers):
    return [Frame(np.full((4, 4, 3), number, np.uint8), 1.0 + number) for number in numbers]


def test_a_sure_frame_is_enough():
    reader = ByBrightness([("EXIT", 0.95)], [("EX1T", 0.99)])
    assert read_frames(reader, frames(0, 1), proceed).lines[0].text == "EXIT"
    assert reader.asked == [0]


def test_where_there_is_doubt_further_frames_vote(monkeypatch):
    monkeypatch.setattr(reading_times, "ANOTHER_FRAME", 1000)
    reader = ByBrightness([("EX1T", 0.5)], [("EXIT", 0.5)], [("EXIT", 0.5)])
    assert read_frames(reader, frames(0, 1, 2), proceed).lines[0].text == "EXIT"
    assert reader.asked == [0, 1, 2]


def test_the_same_picture_again_has_no_vote(monkeypatch):
    monkeypatch.setattr(reading_times, "ANOTHER_FRAME", 1000)
    reader = ByBrightness([("EXIT", 0.5)])
    assert read_frames(reader, frames(0, 0, 0), proceed).lines[0].confidence == 0.5
    assert reader.asked == [0]


def test_without_time_one_frame_has_to_do(monkeypatch):
    monkeypatch.setattr(reading_times, "ANOTHER_FRAME", -1)
    reader = ByBrightness([("EX1T", 0.5)], [("EXIT", 0.9)])
    read_frames(reader, frames(0, 1), proceed)
    assert reader.asked == [0]


@pytest.mark.parametrize(
    ("pixels", "problem"), [(np.zeros((60, 80, 3), np.uint8), Problem.DARK), (painted("red"), None)]
)
def test_a_picture_is_judged_only_where_nothing_was_read(pixels, problem):
    frame = Frame(pixels, 5.0)
    nothing = ByBrightness(*[[]] * 256)
    scene = text_scene(nothing, [frame], QualityLimits(), proceed)
    assert (scene.captured_at, scene.problem) == (5.0, problem)
    assert scene.text == (None if problem else Reading())
    assert text_scene(nothing, [frame], None, proceed).problem is None
    something = ByBrightness(*[[("EXIT", 0.9)]] * 256)
    scene = text_scene(something, [frame], QualityLimits(), proceed)
    assert scene.problem is None
    assert scene.text is not None
    assert scene.text.lines[0].text == "EXIT"
