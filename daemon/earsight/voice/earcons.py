"""Short sounds with a meaning, for what must be known at once or can't be put into words."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from earsight.voice.sound import Sound

RATE = 22050
"""Samples a second: that of speech from eSpeak NG, so that a recording needs no resampling."""

_PEAK = 0.6
"""Of full scale, at volume 1: a pure tone seems as loud as speech with higher peaks."""

_ATTACK_SECONDS = 0.004
_DECAY_SECONDS = 0.02
_OVERTONE = 0.25


class Earcon(StrEnum):
    """What the wearer learns to know by ear. They differ in direction and number of tones, not only in pitch.

    Attributes:
        LOOK: One high tone. The press was taken, and the answer follows.
        READY: Two rising tones. Earsight has started, and presses are heard from now on.
        LISTENING: Three quick tones that rise. Earsight listens: speak now.
        HEARD: Two falling tones. It has stopped listening.
        ERROR: Two low tones on one pitch. It failed, and the voice itself fails, so there are no words.
    """

    LOOK = "look"
    READY = "ready"
    ERROR = "error"
    LISTENING = "listening"
    HEARD = "heard"


# Pairs of pitch (Hz) and length (s); at most 0.12 s in all, so as not to delay the words.
_TONES: dict[Earcon, list[tuple[float, float]]] = {
    Earcon.LOOK: [(1046.5, 0.06)],
    Earcon.READY: [(659.3, 0.055), (987.8, 0.065)],
    Earcon.LISTENING: [(784.0, 0.035), (987.8, 0.035), (1318.5, 0.045)],
    Earcon.HEARD: [(1318.5, 0.045), (784.0, 0.055)],
    Earcon.ERROR: [(311.1, 0.055), (311.1, 0.065)],
}


def render(earcon: Earcon, volume: float = 0.5) -> Sound:
    """Make the sound of an earcon: at RATE, at most 0.12 s, audible from its first sample on.

    Args:
        earcon: Which one.
        volume: 0..1.
    """
    return _sound(np.concatenate([_wave(pitch, seconds) for pitch, seconds in _TONES[earcon]]), volume)


def tone(pitch: float, seconds: float) -> Sound:
    """Make one tone, for what a pitch can say.

    Args:
        pitch: Hz.
        seconds: How long it is.
    """
    return _sound(_wave(pitch, seconds), 1.0)


def _sound(wave: np.ndarray, volume: float) -> Sound:
    samples = wave * (_PEAK * volume * np.iinfo(np.int16).max)
    return Sound(np.round(samples).astype(np.int16), RATE)


def _wave(pitch: float, seconds: float) -> np.ndarray:
    """A tone with one overtone, within -1..1, faded in and out so that it doesn't click."""
    count = int(seconds * RATE)
    phase = 2 * np.pi * pitch * np.arange(1, count + 1) / RATE
    wave = (np.sin(phase) + _OVERTONE * np.sin(2 * phase)) / (1 + _OVERTONE)
    edge = np.minimum(np.arange(1, count + 1) / (_ATTACK_SECONDS * RATE), 1.0)
    edge *= np.minimum(np.arange(count, 0, -1) / (_DECAY_SECONDS * RATE), 1.0)
    return wave * edge
