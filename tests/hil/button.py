"""The wearer's finger: a button on a line of the kernel's simulated GPIO chip."""

from __future__ import annotations

from tests.hil.guest import Guest

PIN = 17
CHIP_LABEL = "pinctrl-bcm2711"
"""The Raspberry Pi 4's. The button connects the line to ground, so that down is pull-down."""

_FOLDER = "/sys/kernel/config/gpio-sim/board"
_SET_UP = f"""
modprobe gpio-sim
mkdir -p {_FOLDER}/bank/line{PIN}
echo 58 >{_FOLDER}/bank/num_lines
echo {CHIP_LABEL} >{_FOLDER}/bank/label
echo GPIO{PIN} >{_FOLDER}/bank/line{PIN}/name
"""
# gpiozero asks for the board's revision before it looks for the chip. The service has a /proc of its own.
_BOARD = """
cp /proc/cpuinfo /run/cpuinfo
printf 'Revision\\t: c03114\\nModel\\t\\t: Raspberry Pi 4 Model B Rev 1.4\\n' >>/run/cpuinfo
cd /run/systemd/system; mkdir -p earsight.service.d
printf '[Service]\\nBindReadOnlyPaths=/run/cpuinfo:/proc/cpuinfo\\n' >earsight.service.d/board.conf
systemctl daemon-reload
"""

_UP, _DOWN = "pull-up", "pull-down"


class Button:
    """Times are those of the guest's clock."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        guest.shell(_SET_UP + _BOARD)
        self.attach()

    def attach(self) -> None:
        """Let the chip with the line appear."""
        self._guest.write(f"{_FOLDER}/live", "1")
        device = self._guest.read(f"{_FOLDER}/dev_name").strip()
        chip = self._guest.read(f"{_FOLDER}/bank/chip_name").strip()
        self._pull = f"/sys/devices/platform/{device}/{chip}/sim_gpio{PIN}/pull"
        self.release()
        self._guest.shell(f"udevadm settle; chgrp gpio /dev/{chip} && chmod 660 /dev/{chip} || true")

    def detach(self) -> None:
        """As a board without that chip. Only while nobody holds the line."""
        self._guest.write(f"{_FOLDER}/live", "0")

    def press(self, seconds: float = 0.12) -> float:
        """Down for so long, and up again; when it went down."""
        return self._guest.pulses(self._pull, [(_DOWN, seconds), (_UP, 0.0)])[0]

    def double_press(self, pause: float = 0.12) -> float:
        steps = [(_DOWN, 0.08), (_UP, pause), (_DOWN, 0.08), (_UP, 0.0)]
        return self._guest.pulses(self._pull, steps)[0]

    def bouncing_press(self, bounces: int = 5) -> float:
        """With contacts that chatter at both ends, for some 40 milliseconds since each change takes a few in
        emulation; when it first went down."""
        chatter = [(_DOWN, 0.001), (_UP, 0.001)] * bounces
        steps = [*chatter, (_DOWN, 0.3), *reversed(chatter), (_UP, 0.0)]
        return self._guest.pulses(self._pull, steps)[0]

    def hold(self) -> float:
        return self._guest.write(self._pull, _DOWN)

    def release(self) -> float:
        return self._guest.write(self._pull, _UP)
