"""What sentences sound like: synthesized anew in the guest, by the same version of espeak-ng."""

from __future__ import annotations

import wave

import numpy as np

from earsight.voice.pronunciation import with_phonemes
from tests.hil.ear import RATE
from tests.hil.guest import Guest

RATE_OF_SPEECH = 175
"""Words per minute, unless the wearer has chosen another rate."""

_OPTIONS = "-p 50 -a 100 -b 1 -z --stdin -w /hil/said.wav"


class Speech:
    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._known: dict[tuple[str, str, int], np.ndarray] = {}

    def of(self, text: str, language: str = "en", rate: int = RATE_OF_SPEECH) -> np.ndarray:
        """int16 at RATE, by the usual voice of a language, at so many words per minute."""
        if (text, language, rate) not in self._known:
            given = with_phonemes(text, language)
            self._guest.run("espeak-ng", "-v", language, "-s", str(rate), *_OPTIONS.split(), stdin=given)
            with wave.open(str(self._guest.shared / "said.wav")) as file:
                assert file.getframerate() == RATE
                samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            self._known[text, language, rate] = samples
        return self._known[text, language, rate]
