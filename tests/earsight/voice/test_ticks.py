"""Ticks that tell by their place where something is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.voice.earcons import RATE
from earsight.voice.ticks import gains, render_ticks


@given(st.floats(-1, 1))
def test_they_are_equally_loud_wherever_they_are(pan):
    left, right = gains(pan)
    assert left**2 + right**2 == pytest.approx(1)
    assert (left > right) == (pan < 0) or left == pytest.approx(right)


def test_at_the_edge_one_ear_hears_nothing():
    for pan, silent in ((-1, 1), (1, 0)):
        samples = render_ticks(pan, 0.2, 2).samples
        assert not samples[:, silent].any()
        assert samples[:, 1 - silent].max() > 10_000


@given(st.floats(-1, 1), st.floats(0.1, 1), st.integers(1, 5))
def test_there_are_so_many_in_their_rhythm(pan, interval, count):
    sound = render_ticks(pan, interval, count)
    assert (sound.channels, sound.rate) == (2, RATE)
    loud = np.abs(sound.samples.astype(int)).max(axis=1) > 3000
    begins = [at for at in np.flatnonzero(loud) if not loud[max(0, at - 600) : at].any()]
    assert len(begins) == count
    steps = np.diff(begins) / RATE
    assert np.allclose(steps, interval, atol=0.001)
    assert sound.seconds < (count - 1) * interval + 0.05


def test_they_don_t_click():
    samples = render_ticks(0, 0.2, 1).samples.astype(int)
    assert np.abs(np.diff(samples[-20:], axis=0)).max() < 500
