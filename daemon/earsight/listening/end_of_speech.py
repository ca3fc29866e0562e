"""Where speech begins and ends: by what a detector of speech says of each frame, and how loud it is. Pure.

The loudness tells the wearer, who is close to the microphone, from other people.
"""

from __future__ import annotations

import numpy as np

FRAME_SECONDS = 0.03

_BEGIN_FRAMES, _BEGIN_SPEECH = 10, 7
"""Speech has begun when this many of so many frames are speech: a click or a cough is shorter."""

_PAUSE_SPEECH = 0.12
"""Share of the frames of a pause that may still be taken for speech."""

AROUND = round(0.5 / FRAME_SECONDS)
"""So many frames around those of span() belong to what was said: words begin and end softly, and the network
hears better what silence surrounds."""

_LEAST_DROP, _MOST_DROP = 6.0, 20.0
"""Decibels below the loudest speech at which something is not the wearer's, in noise and in quiet."""


class EndOfSpeech:
    """Is told of each frame whether it is speech, and its level.

    Attributes:
        has_begun: Whether somebody has spoken.
        has_ended: Whether it is over.
    """

    def __init__(self, pause: float = 0.7) -> None:
        """Args:
        pause: Seconds without speech after which it is over: longer than people stop between words.
        """
        self.has_begun = self.has_ended = False
        self._pause = round(pause / FRAME_SECONDS)
        self._speech: list[bool] = []
        self._levels: list[float] = []
        self._begun = 0
        self._loudest = -np.inf

    def take(self, is_speech: bool, level: float) -> None:
        """The next frame.

        Args:
            is_speech: What the detector says.
            level: In decibels; only differences count.
        """
        if self.has_ended:
            return
        self._speech.append(is_speech)
        self._levels.append(level)
        if len(self._levels) >= _BEGIN_FRAMES:
            self._loudest = max(self._loudest, float(np.mean(self._levels[-_BEGIN_FRAMES:])))
        if not self.has_begun:
            self.has_begun = sum(self._speech[-_BEGIN_FRAMES:]) >= _BEGIN_SPEECH
            self._begun = len(self._speech)
            return
        if len(self._speech) - self._begun >= self._pause:
            self.has_ended = self._is_own()[-self._pause :].mean() <= _PAUSE_SPEECH

    @property
    def span(self) -> tuple[int, int]:
        """The first loud frame of the wearer's speech, and the one after the last; of all that were taken."""
        own = np.flatnonzero(self._is_own())
        return (int(own[0]), int(own[-1]) + 1) if len(own) else (0, len(self._speech))

    def _is_own(self) -> np.ndarray:
        """Which frames are the wearer's speech: louder than halfway between the noise and the loudest."""
        above_noise = self._loudest - float(np.quantile(self._levels, 0.1))
        drop = min(max(above_noise / 2, _LEAST_DROP), _MOST_DROP)
        return np.array(self._speech) & (np.array(self._levels) >= self._loudest - drop)
