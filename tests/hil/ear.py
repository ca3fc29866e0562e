"""The wearer's ear: what the device's loopback card has played, and whether a sentence was among it.

espeak-ng says the same words in the same way every time, so a recording is compared with a fresh synthesis:
their normalised cross-correlation is 1 where the sentence was heard whole, and less for another one. Since an
emulated card stutters, it is the pieces of a sentence, a twentieth of a second each, that have to be there.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 22050
"""espeak-ng's, and that of the earcons."""

HEARD = 0.9
"""From this correlation on, two sounds are the same. One other word in a sentence makes it less than 0.85."""

HEARD_MOST = 0.6
"""From this share on (see share_heard()), a sentence was heard through a card with a clock of its own."""

_LOUD = 300
_PIECE = RATE // 20
_ALIKE = 0.85
_WAVERING = RATE // 500
_STUTTER = round(0.4 * RATE)
"""Samples by which an emulated card that starves moves the rest of a sentence. It loses none of it."""
_WORTH_A_LOOK = 0.2


@dataclass(frozen=True)
class Match:
    """Where a recording is likest to a sound. at: the time of its first sample, by the guest's clock."""

    correlation: float
    at: float


@dataclass(frozen=True)
class Recording:
    """samples: int16 at RATE. began: time of the first, by the guest's clock."""

    samples: np.ndarray
    began: float

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    def find(self, sound: np.ndarray) -> Match:
        """sound: int16 at RATE."""
        correlation, index = best_match(self.samples, sound)
        return Match(correlation, self.began + index / RATE)

    def hears(self, sound: np.ndarray) -> Match | None:
        """Where the sound was heard, if it was, from its first to its last piece. A card that stutters is
        forgiven; a word that is missing or another is not."""
        match = self.find(sound)
        if match.correlation < _WORTH_A_LOOK:
            return None
        offsets = _offsets(self.samples, sound, round((match.at - self.began) * RATE))
        if not _in_order(offsets):
            return None
        return Match(match.correlation, self.began + int(offsets[0]) / RATE)

    def last_sound(self) -> float | None:
        loud = np.flatnonzero(np.abs(self.samples.astype(np.int32)) > _LOUD)
        return self.began + int(loud[-1]) / RATE if len(loud) else None

    def save(self, path: Path) -> None:
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(self.samples.astype("<i2").tobytes())


def share_heard(recording: np.ndarray, sound: np.ndarray) -> float:
    """How much of a sound was heard, 0 to 1: of what was cut off, and through cards whose clock runs a little
    fast or slow, so that not all of its pieces correlate."""
    _, begin = best_match(recording, sound)
    return float(np.mean(~np.isnan(_offsets(recording, sound, begin))))


def _offsets(recording: np.ndarray, sound: np.ndarray, begin: int) -> np.ndarray:
    """Of each loud piece of a sound that seems to begin at this sample: the sample at which the sound would
    begin by it alone, NaN for one that is not there."""
    offsets = []
    for start in range(0, len(sound) - _PIECE // 2, _PIECE):
        piece = sound[start : start + _PIECE]
        if np.abs(piece.astype(np.int32)).max() <= _LOUD:
            continue
        # Where the piece before it has it to be; elsewhere only if the card has stuttered there.
        for reach in (_WAVERING, _STUTTER):
            first = max(0, begin + start - reach)
            correlation, index = best_match(recording[first : begin + start + _PIECE + reach], piece)
            if correlation >= _ALIKE:
                begin = first + index - start
                break
        offsets.append(begin if correlation >= _ALIKE else np.nan)
    return np.array(offsets)


def _in_order(offsets: np.ndarray) -> bool:
    """Whether all are there, and none before its time: but for two neighbours at most, which a stutter may
    have torn, and which are neither the first nor the last."""
    there = np.flatnonzero(~np.isnan(offsets))
    if not len(there) or there[0] > 0 or there[-1] < len(offsets) - 1:
        return False
    missing = np.flatnonzero(np.isnan(offsets))
    if len(missing) > 2 or (len(missing) == 2 and missing[1] != missing[0] + 1):
        return False
    return bool((np.diff(offsets[there]) >= -_WAVERING).all())


def best_match(recording: np.ndarray, sound: np.ndarray) -> tuple[float, int]:
    """The highest normalised cross-correlation, 0 to 1, and the sample at which sound would begin."""
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 0)
    if not len(loud) or not len(recording):
        return 0.0, 0
    lead = int(loud[0])
    wanted = sound[lead : int(loud[-1]) + 1].astype(np.float64)
    heard = np.concatenate([recording.astype(np.float64), np.zeros(len(wanted))])
    size = 1 << (len(heard) + len(wanted) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    product = product[: len(recording)]
    energy = np.concatenate([[0.0], np.cumsum(heard**2)])
    piece = energy[len(wanted) : len(wanted) + len(recording)] - energy[: len(recording)]
    # A floor under the energy: next to silence is not alike.
    scale = np.sqrt(np.maximum(piece, 0.01 * (wanted**2).sum()) * (wanted**2).sum())
    correlation = product / scale
    index = int(np.argmax(correlation))
    return float(correlation[index]), index - lead
