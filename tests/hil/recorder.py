"""Listens in the guest from its start to its end; what was played at any time can be asked for later."""

from __future__ import annotations

import time

import numpy as np

from tests.hil.ear import RATE, Recording
from tests.hil.guest import Guest, GuestError

CARD = "Loopback"
PLAYED_TO = f"plughw:CARD={CARD},DEV=0"
_PATIENCE = 30.0
_HEARD_AT = f"hw:{CARD},1,0"

_FOLDER = "ear"
_BRING_CARD = f"modprobe snd-aloop index=5 id={CARD} pcm_substreams=1"
_LISTEN = f"python3 -B /hil/inside/ear.py {_HEARD_AT} {RATE} /hil/{_FOLDER}"
_UNIT = f"""
[Unit]
RequiresMountsFor=/hil
Before=earsight.service
[Service]
ExecStartPre={_BRING_CARD}
ExecStart={_LISTEN}
Nice=-15
[Install]
WantedBy=multi-user.target
"""


class Recorder:
    """Of the loopback card, which it brings along. Times are those of the guest's clock.

    prepared: by prepare(), so that it has listened since the guest was switched on.
    """

    def __init__(self, guest: Guest, prepared: bool = False) -> None:
        self._guest = guest
        self._folder = guest.shared / _FOLDER
        if not prepared:
            self._folder.mkdir()
            guest.shell(f"{_BRING_CARD}; udevadm settle")
            guest.shell(f"systemd-run --quiet --unit=hil-ear --property=Nice=-15 {_LISTEN}")

    @staticmethod
    def prepare(guest: Guest) -> None:
        """On a disk that is kept: the next boot begins with listening, in a folder that has to be there."""
        guest.write("/etc/systemd/system/hil-ear.service", _UNIT)
        guest.run("systemctl", "enable", "hil-ear")

    def between(self, began: float, ended: float) -> Recording:
        """ended: must have passed."""
        until = time.monotonic() + _PATIENCE
        while not len(clock := self._clock()) or clock[-1, 1] < ended + 0.1:
            if time.monotonic() > until:
                told = self._guest.run("journalctl", "--unit=hil-ear", "--no-pager", "--lines=20").output
                raise GuestError(f"the ear hears nothing any more:\n{told}")
            self._guest.run("sleep", "0.2")
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
