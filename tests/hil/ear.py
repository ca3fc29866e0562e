"""The wearer's ear: what the device's loopback card has played, and whether a sentence was among it.

espeak-ng says the same words in the same way every time, so a recording is compared with a fresh synthesis:
their normalised cross-correlation is 1 where the sentence was heard whole, and far less for another one.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 22050
"""espeak-ng's, and that of the earcons."""

HEARD = 0.9
"""From this correlation on, a sentence was heard. One other word makes it less than 0.7."""

HEARD_BUT_FOR_CLICKS = 0.85
"""From this share on (see share_heard()), too: an emulated card that loses a few milliseconds of a sentence
moves the rest of it, and the whole no longer correlates. Where one word matters, HEARD decides alone."""

HEARD_MOST = 0.6
"""From this share on (see share_heard()), a sentence was heard through a card with a clock of its own."""

_LOUD = 300
_PIECE = RATE // 10
_ALIKE = 0.7


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
        """Where the sound was heard, if it was; the loss of some milliseconds is forgiven."""
        match = self.find(sound)
        if match.correlation >= HEARD or share_heard(self.samples, sound) >= HEARD_BUT_FOR_CLICKS:
            return match
        return None

    def first_sound(self, after: float = 0.0) -> float | None:
        """When it was first loud at or after that time."""
        skipped = max(0, round((after - self.began) * RATE))
        loud = np.flatnonzero(np.abs(self.samples[skipped:].astype(np.int32)) > _LOUD)
        return self.began + (skipped + int(loud[0])) / RATE if len(loud) else None

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
    """How much of a sound was heard, 0 to 1: for cards whose clock runs a little fast or slow, so that the
    whole would not correlate. Its tenths of a second are looked for one by one; they count where they
    sound alike and keep their distances."""
    starts = range(0, len(sound) - _PIECE, _PIECE)
    pieces = [(start, sound[start : start + _PIECE]) for start in starts]
    found = [
        (correlation, index - start)
        for start, piece in pieces
        if np.abs(piece.astype(np.int32)).max() > _LOUD
        for correlation, index in [best_match(recording, piece)]
    ]
    alike = [offset for correlation, offset in found if correlation >= _ALIKE]
    if not alike:
        return 0.0
    middle = np.median(alike)
    return sum(abs(offset - middle) < _PIECE / 2 for offset in alike) / len(found)


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
