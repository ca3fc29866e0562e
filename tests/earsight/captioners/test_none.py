"""Whoever asks for a caption where nothing makes any is told."""

from __future__ import annotations

import pytest

from earsight.captioners.none import NoCaptioner
from earsight.errors import CaptionerError
from earsight.readers.none import NoReader
from earsight.readers.reader import ReaderError
from earsight.scene import Frame
from earsight.vision.describer import CAPTIONS, TEXT, Describer
from tests.earsight.stand_ins import painted


def test_only_text_can_be_asked_for() -> None:
    describer = Describer(NoCaptioner(), reader=NoReader("there are no glasses"))
    describer.warm_up()
    frame = Frame(painted("red"), 0.0)
    with pytest.raises(ReaderError, match="no glasses"):
        describer.describe(frame, TEXT)
    with pytest.raises(CaptionerError, match="there is no captioner"):
        describer.describe(frame, CAPTIONS)
