"""Listens in the guest from its start to its end; what was played at any time can be asked for later."""

from __future__ import annotations

import numpy as np

from tests.hil.ear import RATE, Recording
from tests.hil.guest import Guest

CARD = "Loopback"
PLAYED_TO = f"plughw:CARD={CARD},DEV=0"
_HEARD_AT = f"hw:{CARD},1,0"


class Recorder:
    """Of the loopback card, which it brings along. Times are those of the guest's clock."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._folder = guest.shared / "ear"
        self._folder.mkdir()
        guest.shell(f"modprobe snd-aloop index=5 id={CARD} pcm_substreams=1; udevadm settle")
        unit = "systemd-run --quiet --unit=hil-ear --property=Nice=-15"
        guest.shell(f"{unit} python3 -B /hil/inside/ear.py {_HEARD_AT} {RATE} /hil/ear")

    def between(self, began: float, ended: float) -> Recording:
        """ended: must have passed."""
        clock = self._clock()
        while clock[-1, 1] < ended + 0.1:
            self._guest.run("sleep", "0.2")
            clock = self._clock()
        samples = np.memmap(self._folder / "sound.raw", "<i2", "r")
        first, last = (self._index(clock, t) for t in (began, ended))
        return Recording(samples[first:last], began)

    def _clock(self) -> np.ndarray:
        """(n, 2): samples so far, and the earliest time at which they can all have been there."""
        lines = (self._folder / "clock").read_text().splitlines()
        return np.array([[float(word) for word in line.split()] for line in lines if line.count(" ") == 1])

    @staticmethod
    def _index(clock: np.ndarray, at: float) -> int:
        """The sample that sounded at that time. Chunks come late, never early: the card's own time is the
        least that any chunk near it says."""
        near = np.abs(clock[:, 1] - at) < 10
        starts = clock[near] if near.any() else clock
        offset = float((starts[:, 1] - starts[:, 0] / RATE).min())
        return max(0, round((at - offset) * RATE))
