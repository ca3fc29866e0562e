"""Sounds in memory."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from earsight.voice.sound import Sound

SOUNDS = st.builds(
    Sound,
    arrays.arrays(np.int16, st.integers(0, 50).flatmap(lambda n: st.sampled_from([(n,), (n, 2)]))),
    st.sampled_from([8000, 22050]),
)


@given(SOUNDS)
def test_a_sound_for_one_ear_and_for_two(sound):
    assert sound.mono().channels == 1
    assert sound.stereo().channels == 2
    assert np.array_equal(sound.mono().stereo().mono().samples, sound.mono().samples)
    assert sound.mono().seconds == sound.stereo().seconds == sound.seconds


@given(SOUNDS, st.floats(0, 1))
def test_its_volume_changes_all_channels_alike(sound, volume):
    softer = sound.scaled(volume)
    assert softer.samples.dtype == np.int16
    assert np.array_equal(softer.samples, np.round(sound.samples * volume))


@given(SOUNDS)
def test_silence_before_it(sound):
    later = sound.after_silence(0.01)
    silence = round(0.01 * sound.rate)
    assert not later.samples[:silence].any()
    assert np.array_equal(later.samples[silence:], sound.samples)
