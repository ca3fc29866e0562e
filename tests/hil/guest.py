"""A running simulated device: started, asked to do things, and switched off, also as by a pulled plug."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.hil.image import Image

ROOT = Path(__file__).resolve().parents[2]
_INSIDE = Path(__file__).parent / "inside"

BOOT_LIMIT = 300.0
"""Seconds; on two idle cores it takes 20."""


class GuestError(Exception):
    """The simulated device, or a command in it, failed."""


@dataclass(frozen=True)
class Result:
    """Of a command in the guest. began, ended: by the guest's monotonic clock."""

    status: int
    output: str
    complaint: str
    began: float
    ended: float


class Guest:
    """One qemu. disk: the disk that it runs from; kept: whether what it writes there outlasts it.

    `shared` is the folder /hil of the guest. extra: words for the kernel's command line. more: options for
    qemu.
    """

    def __init__(
        self, image: Image, disk: Path, *, kept: bool = False, extra: str = "", more: Sequence[str] = ()
    ) -> None:
        self._image = image
        self._disk = disk
        self._kept = kept
        self._extra = extra
        self._more = more
        self._folder = Path(tempfile.mkdtemp(prefix="earsight-hil-"))
        self.shared = self._folder / "hil"
        self.shared.mkdir()
        shutil.copytree(_INSIDE, self.shared / "inside", ignore=shutil.ignore_patterns("__pycache__"))
        self._qemu: subprocess.Popen[bytes] | None = None
        self._agent: _Agent | None = None
        self._monitor: _Monitor | None = None

    # Power

    def start(self) -> float:
        """Until the agent answers; how many seconds that took."""
        began = time.monotonic()
        with (self._folder / "qemu.log").open("ab") as log:
            self._qemu = subprocess.Popen(self._command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self._monitor = _Monitor(self._connect("monitor.sock"))
        self._agent = _Agent(self._connect("agent.sock"))
        while True:
            try:
                self._agent.call("now", limit=3.0)
                return time.monotonic() - began
            except GuestError:
                if time.monotonic() - began > BOOT_LIMIT or self._qemu.poll() is not None:
                    raise GuestError(f"the guest does not start:\n{self.console()[-3000:]}") from None

    def shut_down(self) -> None:
        """As by its owner: everything on the disk is whole."""
        self.run("systemctl", "poweroff", "--no-block")
        assert self._qemu is not None
        self._qemu.wait(120)
        self._hang_up()

    def wait_for_reset(self, limit: float) -> float:
        """Until the board starts itself anew, which is its end here; how many seconds that took. Raises
        GuestError."""
        assert self._qemu is not None
        began = time.monotonic()
        try:
            self._qemu.wait(limit)
        except subprocess.TimeoutExpired:
            raise GuestError(f"the board has not started anew in {limit:g} s") from None
        self._hang_up()
        return time.monotonic() - began

    def cut_power(self) -> None:
        """What was not written to the disk yet is lost."""
        if self._qemu is not None and self._qemu.poll() is None:
            self._qemu.kill()
            self._qemu.wait()
        self._hang_up()

    def close(self) -> None:
        """Leave nothing behind."""
        self.cut_power()
        shutil.rmtree(self._folder, ignore_errors=True)

    # What can be done in it

    def run(self, *argv: str | Path, check: bool = True, stdin: str = "", limit: float = 120.0) -> Result:
        """A command, as root. Raises GuestError when it fails, unless check is False."""
        words = [str(word) for word in argv]
        done = Result(**self._call("run", argv=words, stdin=stdin, timeout=limit, limit=limit + 10))
        if check and done.status:
            raise GuestError(f"{' '.join(words)}: status {done.status}: {done.complaint or done.output}")
        return done

    def shell(self, script: str, **options: Any) -> Result:
        return self.run("sh", "-euc", script, **options)

    def read(self, path: str | Path) -> str:
        return str(self._call("read", path=str(path)))

    def write(self, path: str | Path, text: str) -> float:
        """When, by the guest's clock."""
        return float(self._call("write", path=str(path), text=text))

    def pulses(self, path: str, steps: list[tuple[str, float]]) -> list[float]:
        """Write each text to path and wait so many seconds after it; when each was written."""
        return list(self._call("pulses", path=path, steps=steps, limit=sum(s for _, s in steps) + 30))

    def plug_in(self, name: str, keys: list[int], bus: int) -> float:
        """An input device appears in it; when."""
        return float(self._call("plug_in", name=name, keys=keys, bus=bus))

    def plug_out(self, name: str) -> float:
        """That input device disappears; when."""
        return float(self._call("plug_out", name=name))

    def keys(self, name: str, steps: list[tuple[int, int, float]]) -> list[float]:
        """Move each key of that device and wait so many seconds after it; when each was moved."""
        return list(self._call("keys", name=name, steps=steps, limit=sum(s for *_, s in steps) + 30))

    def now(self) -> float:
        """The guest's monotonic clock."""
        return float(self._call("now"))

    def qmp(self, command: str, **arguments: Any) -> Any:
        """A command of qemu's own: plugging and unplugging."""
        assert self._monitor is not None
        return self._monitor.call(command, arguments)

    def console(self) -> str:
        path = self._folder / "console.log"
        log = self._folder / "qemu.log"
        return "\n".join(file.read_text(errors="replace") for file in (log, path) if file.exists())

    # How

    def _call(self, call: str, limit: float = 30.0, **arguments: Any) -> Any:
        if self._agent is None:
            raise GuestError("the guest is off")
        return self._agent.call(call, limit=limit, **arguments)

    def _command(self) -> list[str]:
        machine, folder = self._image.machine, self._folder
        snapshot = "off" if self._kept else "on"
        kind = "qcow2" if self._disk.suffix == ".qcow2" else "raw"
        words = f"console={machine.console} quiet panic=-1 mitigations=off audit=0 net.ifnames=0"
        words += f" systemd.show_status=0 systemd.firstboot=no {machine.clock} {self._extra}"
        return [
            *("setpriv", "--pdeathsig", "KILL"),  # it never outlives who started it
            *(machine.emulator, "-accel", "tcg,thread=multi", *machine.processor),
            *("-smp", str(min(2, os.cpu_count() or 1)), "-m", "1536M"),
            *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
            *("-serial", f"file:{folder}/console.log"),
            *("-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd), "-append", words),
            *("-drive", f"file={self._disk},if=none,id=disk,format={kind},snapshot={snapshot}"),
            *("-device", "virtio-blk-pci,drive=disk", "-device", "virtio-rng-pci"),
            *("-virtfs", f"local,path={self.shared},mount_tag=hil,security_model=none,multidevs=remap"),
            *("-qmp", f"unix:{folder}/monitor.sock,server=on,wait=off"),
            *("-chardev", f"socket,id=agent,path={folder}/agent.sock,server=on,wait=off"),
            *("-device", "virtio-serial-pci", "-device", "virtserialport,chardev=agent,name=agent"),
            *("-device", "qemu-xhci,id=usb"),
            *("-audiodev", f"wav,id=earphones,path={folder}/earphones.wav"),
            *self._more,
        ]

    @property
    def earphones_file(self) -> Path:
        """What the USB earphones have played: WAV, two channels. qemu makes it when they are plugged in."""
        return self._folder / "earphones.wav"

    def _connect(self, name: str) -> socket.socket:
        until = time.monotonic() + 20
        while True:
            channel = socket.socket(socket.AF_UNIX)
            try:
                channel.connect(str(self._folder / name))
                return channel
            except OSError as error:
                channel.close()
                if time.monotonic() > until or (self._qemu and self._qemu.poll() is not None):
                    raise GuestError(f"qemu does not start: {self.console()}") from error
                time.sleep(0.05)

    def _hang_up(self) -> None:
        for channel in (self._agent, self._monitor):
            if channel is not None:
                channel.close()
        self._agent = self._monitor = self._qemu = None


class _Lines:
    """JSON objects, one a line, over a socket."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._incoming = channel.makefile("rb")
        self._sending = threading.Lock()

    def send(self, message: dict[str, Any]) -> None:
        with self._sending:
            self._channel.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> dict[str, Any] | None:
        """None when the other side has hung up."""
        try:
            line = self._incoming.readline()
        except OSError:
            return None
        return json.loads(line) if line else None

    def close(self) -> None:
        with suppress(OSError):  # the other side may have gone
            self._channel.shutdown(socket.SHUT_RDWR)
        self._channel.close()


class _Agent:
    """The other end of inside/agent.py. Calls may be made from any thread."""

    def __init__(self, channel: socket.socket) -> None:
        self._lines = _Lines(channel)
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[Any]] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def call(self, call: str, limit: float, **arguments: Any) -> Any:
        number, answer = next(self._numbers), Future[Any]()
        self._waiting[number] = answer
        try:
            self._lines.send({"id": number, "call": call, "arguments": arguments})
            return answer.result(limit)
        except (OSError, FutureTimeout) as error:
            raise GuestError(f"the guest gives no answer to {call} {arguments} in {limit:g} s") from error
        finally:
            del self._waiting[number]

    def close(self) -> None:
        self._lines.close()

    def _listen(self) -> None:
        while (reply := self._lines.receive()) is not None:
            answer = self._waiting.get(reply["id"])
            if answer is None or answer.done():
                continue
            if "error" in reply:
                answer.set_exception(GuestError(reply["error"]))
            else:
                answer.set_result(reply["result"])


class _Monitor:
    """qemu's QMP."""

    def __init__(self, channel: socket.socket) -> None:
        self._lines = _Lines(channel)
        self._lines.receive()
        self.call("qmp_capabilities", {})

    def call(self, command: str, arguments: dict[str, Any]) -> Any:
        self._lines.send({"execute": command, "arguments": arguments})
        while (reply := self._lines.receive()) is not None:
            if "error" in reply:
                raise GuestError(f"{command}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]
        raise GuestError(f"qemu has ended before its answer to {command}")

    def close(self) -> None:
        self._lines.close()
