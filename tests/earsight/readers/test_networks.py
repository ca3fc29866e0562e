"""At which scales text is looked for."""

import numpy as np
import pytest

pytest.importorskip("cv2", reason="text is read with OpenCV")

from earsight.readers.networks import PaddleNetworks
from earsight.readers.text_regions import FINE
from tests.earsight.readers.pages import region

LINE, PATTERN = region(900, 500, 120, 12), region(300, 100, 400, 380)
STILL, FRAME = np.zeros((1080, 1920, 3), np.uint8), np.zeros((720, 1280, 3), np.uint8)


class Seen(PaddleNetworks):
    """A detector that sees what the test says, as given and at the third scale."""

    def __init__(self, usual, fine):
        self._usual, self._fine = usual, fine
        self.areas = []

    def _regions(self, _pixels, blob):
        self.areas.append(blob.shape[2] * blob.shape[3])
        return self._fine if self.areas[-1] > 0.95 * FINE else self._usual


def test_a_still_without_anything_like_a_line_is_looked_at_more_closely():
    for usual in ([], [PATTERN]):
        seen = Seen(usual, [LINE])
        assert LINE in seen.detect(STILL)
        assert len(seen.areas) == 3


@pytest.mark.parametrize(("pixels", "usual"), [(STILL, [LINE]), (STILL, [LINE, PATTERN]), (FRAME, [])])
def test_no_other_picture_is(pixels, usual):
    seen = Seen(usual, [LINE])
    assert seen.detect(pixels) == usual
    assert len(seen.areas) == 2
