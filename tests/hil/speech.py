"""What sentences sound like: synthesized anew in the guest, by the same version of espeak-ng."""

from __future__ import annotations

import wave

import numpy as np

from tests.hil.ear import RATE
from tests.hil.guest import Guest

_COMMAND = "espeak-ng -v en -s 175 -p 50 -a 100 -b 1 -z --stdin -w /hil/said.wav"


class Speech:
    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._known: dict[str, np.ndarray] = {}

    def of(self, text: str) -> np.ndarray:
        """int16 at RATE."""
        if text not in self._known:
            self._guest.run(*_COMMAND.split(), stdin=text)
            with wave.open(str(self._guest.shared / "said.wav")) as file:
                assert file.getframerate() == RATE
                self._known[text] = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return self._known[text]
