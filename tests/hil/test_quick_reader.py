"""That the simulated device's reader reads what its scenarios show; needs no device."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("cv2", reason="OpenCV comes with the text extra")

from earsight.readers.networks import PaddleNetworks
from earsight.readers.page_parts import read_page
from earsight.readers.reader import proceed
from tests.hil.photos import sign
from tests.hil.quick_reader import write_quick_reader
from tests.hil.test_read import SIGNS


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> PaddleNetworks:
    folder = tmp_path_factory.mktemp("reader")
    write_quick_reader(folder, [line for lines in SIGNS for line in lines])
    return PaddleNetworks(folder, threads=1)


@pytest.mark.parametrize("lines", SIGNS)
def test_it_reads_the_signs(networks: PaddleNetworks, lines: tuple[str, ...]) -> None:
    reading = read_page(networks, np.asarray(sign(*lines)), proceed, math.inf)
    assert tuple(line.text for line in reading.lines) == lines
    assert min(line.confidence for line in reading.lines) > 0.6  # else it would be said as unclear
