"""What sentences sound like: synthesized anew in the guest, by the same version of espeak-ng."""

from __future__ import annotations

import wave

import numpy as np

from earsight.voice.pronunciation import with_phonemes
from tests.hil.ear import RATE
from tests.hil.guest import Guest

_OPTIONS = "-s 175 -p 50 -a 100 -b 1 -z --stdin -w /hil/said.wav"


class Speech:
    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._known: dict[tuple[str, str], np.ndarray] = {}

    def of(self, text: str, language: str = "en") -> np.ndarray:
        """int16 at RATE, by the usual voice of a language."""
        if (text, language) not in self._known:
            given = with_phonemes(text, language)
            self._guest.run("espeak-ng", "-v", language, *_OPTIONS.split(), stdin=given)
            with wave.open(str(self._guest.shared / "said.wav")) as file:
                assert file.getframerate() == RATE
                samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            self._known[text, language] = samples
        return self._known[text, language]
