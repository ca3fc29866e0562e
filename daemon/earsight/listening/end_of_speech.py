"""Where speech begins and ends, by what a detector of speech says of each frame. Pure."""

from __future__ import annotations

from collections import deque

FRAME_SECONDS = 0.03

_BEGIN_FRAMES, _BEGIN_SPEECH = 10, 7
"""Speech has begun when this many of so many frames are speech: a click or a cough is shorter."""

_PAUSE_SPEECH = 0.12
"""Share of the frames of a pause that may still be taken for speech."""

BEFORE = 0.45
"""So much sound before the frame at which speech is found belongs to it, in seconds."""


class EndOfSpeech:
    """Is told of each frame whether it is speech.

    Attributes:
        has_begun: Whether somebody has spoken.
        has_ended: Whether it is over.
    """

    def __init__(self, pause: float = 0.7) -> None:
        """Args:
        pause: Seconds without speech after which it is over: longer than people stop between words.
        """
        self.has_begun = self.has_ended = False
        self._beginning: deque[bool] = deque(maxlen=_BEGIN_FRAMES)
        self._pause: deque[bool] = deque(maxlen=round(pause / FRAME_SECONDS))

    def take(self, is_speech: bool) -> None:
        """The next frame."""
        if not self.has_begun:
            self._beginning.append(is_speech)
            self.has_begun = sum(self._beginning) >= _BEGIN_SPEECH
            return
        self._pause.append(is_speech)
        whole = len(self._pause) == self._pause.maxlen
        self.has_ended |= whole and sum(self._pause) <= _PAUSE_SPEECH * len(self._pause)
