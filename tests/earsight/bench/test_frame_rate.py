"""Pictures a second."""

import pytest

from earsight.bench.frame_rate import frame_rate
from earsight.cameras.photos import load_photo
from earsight.cameras.replay import ReplaySource
from earsight.cameras.source import CameraError
from tests.earsight.stand_ins import photo


def test_photos_come_ten_times_a_second(tmp_path):
    found = frame_rate(ReplaySource(photo(tmp_path)), seconds=1.0, settling=1)
    assert 0 < found["per_second"] <= 11
    assert found["longest_pause_ms"] >= 90
    assert (found["height"], found["width"]) == load_photo(photo(tmp_path)).shape[:2]


def test_a_camera_that_fails_is_closed():
    class Source:
        closed = False

        def open(self):
            pass

        def read(self):
            raise CameraError("gone")

        def close(self):
            self.closed = True

    source = Source()
    with pytest.raises(CameraError):
        frame_rate(source)
    assert source.closed
