"""USB earphones: plugged and unplugged as by hand, and what came out of them."""

from __future__ import annotations

import numpy as np

from tests.hil.ear import RATE
from tests.hil.guest import Guest

CARD = "Audio"
"""What the kernel calls qemu's."""

PLAYED_TO = f"plughw:CARD={CARD},DEV=0"
_QEMU_RATE, _HEADER, _BYTES = 44100, 44, 4


class Earphones:
    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        guest.shell("modprobe snd-usb-audio")

    def plug_in(self) -> float:
        """When that was asked for, by the guest's clock; until the card is there."""
        self._guest.earphones_file.unlink(missing_ok=True)  # qemu begins a new one
        at = self._guest.now()
        self._guest.qmp("device_add", driver="usb-audio", audiodev="earphones", id="earphones", bus="usb.0")
        self._guest.shell(f"until grep -q {CARD} /proc/asound/cards; do sleep 0.1; done; udevadm settle")
        return at

    def plug_out(self) -> float:
        at = self._guest.now()
        self._guest.qmp("device_del", id="earphones")
        return at

    def is_plugged_in(self) -> bool:
        return CARD in self._guest.read("/proc/asound/cards")

    def mark(self) -> int:
        """For heard(): what was played until now."""
        return len(self._played()) // _BYTES

    def heard(self, since: int = 0) -> np.ndarray:
        """int16 at RATE: all that they have played since they were plugged in, or since a mark(), without the
        pauses in between."""
        raw = self._played()[_BYTES * since :]
        one = np.frombuffer(raw[: len(raw) // _BYTES * _BYTES], "<i2").reshape(-1, 2).mean(axis=1)
        if not len(one):
            return np.zeros(0, np.int16)
        places = np.arange(0, len(one), _QEMU_RATE / RATE)
        return np.asarray(np.interp(places, np.arange(len(one)), one), np.int16)

    def _played(self) -> bytes:
        file = self._guest.earphones_file
        return file.read_bytes()[_HEADER:] if file.exists() else b""
