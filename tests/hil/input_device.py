"""The wearer's fingers on a remote control or a pedal: an input device of the kernel's making (uinput)."""

from __future__ import annotations

from tests.hil.guest import Guest, GuestError

PLAY, VOLUME_UP = 164, 115
"""Codes of KEY_PLAYPAUSE and KEY_VOLUMEUP."""

USB, BLUETOOTH = 3, 5

_TRIES = 3


class RemoteControl:
    """Times are those of the guest's clock."""

    def __init__(self, guest: Guest, name: str, bus: int = USB) -> None:
        self._guest, self.name, self._bus = guest, name, bus
        self._plugged_in = False
        guest.run("modprobe", "--all", "uinput", "evdev")

    def plug_in(self) -> float:
        """When."""
        at = self._guest.plug_in(self.name, [PLAY, VOLUME_UP], self._bus)
        self._plugged_in = True
        self._guest.run("udevadm", "settle")
        return at

    def plug_out(self) -> float:
        """When."""
        self._plugged_in = False
        return self._guest.plug_out(self.name)

    def put_away(self) -> None:
        """As before the test."""
        if self._plugged_in:
            self.plug_out()

    def press(self, seconds: float = 0.12, key: int = PLAY) -> float:
        """Down for so long, and up again; when it went down."""
        return self._move([(key, 1, seconds), (key, 0, 0.0)])

    def double_press(self, key: int = PLAY) -> float:
        """When it first went down."""
        return self._move([(key, 1, 0.08), (key, 0, 0.12), (key, 1, 0.08), (key, 0, 0.0)])

    @property
    def node(self) -> str:
        """Its file, such as /dev/input/event3."""
        for line in self._guest.shell("grep -H . /sys/class/input/event*/device/name").output.splitlines():
            path, _, name = line.partition(":")
            if name == self.name:
                return f"/dev/input/{path.split('/')[4]}"
        raise GuestError(f"there is no input device {self.name}")

    def _move(self, steps: list[tuple[int, int, float]], late: float = 0.15) -> float:
        """When the first of them began. late: as for Button."""
        for _ in range(_TRIES):
            times = self._guest.keys(self.name, steps)
            lasted = zip(times, times[1:], steps, strict=False)
            if all(end - begin <= seconds + late for begin, end, (*_, seconds) in lasted):
                return times[0]
            self._guest.run("sleep", "2")
        raise GuestError("the finger is too slow: this machine has too much else to do")
