import itertools

import numpy as np
import pytest

from earsight.voice.earcons import RATE, Earcon, render


@pytest.mark.parametrize("earcon", Earcon)
def test_short_soft_at_its_edges_and_heard_at_once(earcon):
    sound = render(earcon, volume=1.0)
    levels = np.abs(sound.samples.astype(int)) / 32767
    assert sound.rate == RATE
    assert sound.seconds <= 0.12
    assert levels[0] > 0, "begins with silence"
    assert levels[:2].max() < 0.05, "begins with a click"
    assert levels[-2:].max() < 0.05, "ends with a click"
    assert levels[: RATE // 100].max() > 0.3, "not loud within 10 ms"
    assert 0.4 < levels.max() < 0.7


def test_the_volume_scales_it_down_to_silence():
    loud, soft = (render(Earcon.LOOK, volume).samples.astype(int) for volume in (1.0, 0.5))
    assert np.abs(soft).max() == pytest.approx(np.abs(loud).max() / 2, abs=1)
    assert not render(Earcon.LOOK, 0.0).samples.any()


def test_no_two_sound_alike():
    spectra = []
    for earcon in Earcon:
        samples = np.zeros(RATE // 8)
        sound = render(earcon, 1.0).samples
        samples[: len(sound)] = sound
        halves = [np.abs(np.fft.rfft(half)) for half in np.array_split(samples, 2)]
        spectra.append(np.concatenate([half / np.linalg.norm(samples) for half in halves]))
    for one, other in itertools.combinations(spectra, 2):
        assert np.dot(one, other) / np.linalg.norm(one) / np.linalg.norm(other) < 0.7
