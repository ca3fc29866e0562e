"""The wearer's fingers: buttons on lines of the kernel's simulated GPIO chip."""

from __future__ import annotations

from dataclasses import dataclass

from tests.hil.guest import Guest, GuestError

PIN, SECOND_PIN = 17, 27

_GPIO_SIM = "/sys/kernel/config/gpio-sim"
_HEADER, _OTHER = f"{_GPIO_SIM}/header", f"{_GPIO_SIM}/other"
# gpiozero asks for the board's revision before it looks for the chip. The service has a /proc of its own.
_OWN_PROC = """
for unit in earsight earsight-doctor; do
    mkdir -p /run/systemd/system/$unit.service.d; cd /run/systemd/system/$unit.service.d
    printf '[Service]\\nBindReadOnlyPaths=/run/cpuinfo:/proc/cpuinfo\\n' >board.conf
done
systemctl daemon-reload
"""

_UP, _DOWN = "pull-up", "pull-down"
_TRIES = 3


@dataclass(frozen=True)
class Board:
    """What of a board gpiozero goes by. label: of the chip with the header's pins."""

    model: str
    revision: str
    label: str


PI_4 = Board("Raspberry Pi 4 Model B Rev 1.4", "c03114", "pinctrl-bcm2711")
PI_5 = Board("Raspberry Pi 5 Model B Rev 1.0", "d04170", "pinctrl-rp1")


class Header:
    """The board's pins. It can be changed only while nobody holds a line."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        lines = "".join(
            f"mkdir -p {_HEADER}/bank/line{pin}; echo GPIO{pin} >{_HEADER}/bank/line{pin}/name\n"
            for pin in (PIN, SECOND_PIN)
        )
        guest.shell(f"modprobe gpio-sim\n{lines}echo 58 >{_HEADER}/bank/num_lines\n{_OWN_PROC}")
        self.become(PI_4)

    def become(self, board: Board) -> None:
        """Let the chip of this board appear, in place of another."""
        if self._guest.read(f"{_HEADER}/live").strip() == "1":
            self.detach()
        self._guest.write(f"{_HEADER}/bank/label", board.label)
        told = f"Revision\t: {board.revision}\nModel\t\t: {board.model}\n"
        self._guest.shell("cat /proc/cpuinfo - >/run/cpuinfo", stdin=told)
        self.attach()

    def attach(self) -> None:
        self._appear(_HEADER)

    def detach(self) -> None:
        """As a board without that chip."""
        self._guest.write(f"{_HEADER}/live", "0")

    def put_another(self) -> None:
        """A chip that is none of the header's, though it has a line of each number."""
        self._guest.shell(f"mkdir -p {_OTHER}/bank; echo 58 >{_OTHER}/bank/num_lines")
        self._appear(_OTHER)

    def take_other_away(self) -> None:
        self._guest.write(f"{_OTHER}/live", "0")

    @property
    def chip(self) -> str:
        """Its name in /dev."""
        return self._guest.read(f"{_HEADER}/bank/chip_name").strip()

    def pull_of(self, pin: int) -> str:
        """The file by which a line is moved."""
        device = self._guest.read(f"{_HEADER}/dev_name").strip()
        return f"/sys/devices/platform/{device}/{self.chip}/sim_gpio{pin}/pull"

    def _appear(self, folder: str) -> None:
        self._guest.write(f"{folder}/live", "1")
        self._guest.run("udevadm", "settle")


class Button:
    """Connects its line to ground, so that down is pull-down. Times are those of the guest's clock."""

    def __init__(self, guest: Guest, header: Header, pin: int) -> None:
        self._guest, self._header, self._pin = guest, header, pin

    def press(self, seconds: float = 0.12) -> float:
        """Down for so long, and up again; when it went down."""
        return self._move([(_DOWN, seconds), (_UP, 0.0)])

    def presses(self, count: int) -> float:
        """So many a little over half a second apart; when the last one went down."""
        steps = [(_DOWN, 0.06), (_UP, 0.5)] * count
        return self._guest.pulses(self._header.pull_of(self._pin), steps)[-3]

    def double_press(self, pause: float = 0.12) -> float:
        return self._move([(_DOWN, 0.08), (_UP, pause), (_DOWN, 0.08), (_UP, 0.0)])

    def bouncing_press(self, bounces: int = 5) -> float:
        """With contacts that chatter at both ends, for some 40 milliseconds since each change takes a few in
        emulation; when it first went down."""
        chatter = [(_DOWN, 0.001), (_UP, 0.001)] * bounces
        return self._move([*chatter, (_DOWN, 0.45), *reversed(chatter), (_UP, 0.0)], late=0.1)

    def hold(self) -> float:
        return self._guest.write(self._header.pull_of(self._pin), _DOWN)

    def release(self) -> float:
        return self._guest.write(self._header.pull_of(self._pin), _UP)

    def _move(self, steps: list[tuple[str, float]], late: float = 0.15) -> float:
        """When the first of them began. late: seconds by which each may last longer than it is to: where the
        emulated processor stands still for more, it was another gesture, and is made again."""
        for _ in range(_TRIES):
            times = self._guest.pulses(self._header.pull_of(self._pin), steps)
            lasted = zip(times, times[1:], steps, strict=False)
            if all(end - begin <= seconds + late for begin, end, (_, seconds) in lasted):
                return times[0]
            self._guest.run("sleep", "2")
        raise GuestError("the finger is too slow: this machine has too much else to do")
