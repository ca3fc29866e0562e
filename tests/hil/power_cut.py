"""A card of the device of which every write is logged, and what a power cut would have left on it.

The log is that of qemu's blklogwrites, in the format of Linux' dm-log-writes: each write with its content,
and each flush, by which the system asks that all before it be safe. What was written after the last flush may
be on the card or not, in any order, and the last of it may be torn: that is all that a card promises.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SECTOR = 512
_MAGIC = 0x6A736677736872
_HEAD, _ENTRY = struct.Struct("<QQQI"), struct.Struct("<QQQQ")
_FLUSH, _DISCARD = 1, 4
_MEGABYTES = 64


@dataclass(frozen=True)
class Write:
    """at: in bytes, as data a multiple of SECTOR."""

    at: int
    data: bytes


FLUSH = None
"""In a log: all before it is safe."""

Log = Sequence[Write | None]


class LoggedCard:
    """The device has it as /dev/vdb."""

    def __init__(self, folder: Path) -> None:
        """Makes it, with an empty file system."""
        self._disk, self._log, self._empty = folder / "card.img", folder / "card.log", folder / "empty.img"
        self._log.touch()
        self._disk.touch()
        os.truncate(self._disk, _MEGABYTES << 20)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-b", "4096", self._disk], check=True)
        shutil.copy(self._disk, self._empty)

    def options(self) -> tuple[str, ...]:
        """For qemu."""
        files = f"file.driver=file,file.filename={self._disk},log.driver=file,log.filename={self._log}"
        drive = ("-blockdev", f"driver=blklogwrites,node-name=card,{files}")
        return (*drive, "-device", "virtio-blk-pci,drive=card")

    def log(self) -> Log:
        """What the device has done to it until now."""
        return parse(self._log.read_bytes())

    def cuts(self, log: Log, chance: random.Random) -> Cuts:
        return Cuts(self._empty.read_bytes(), log, chance)


def parse(log: bytes) -> Log:
    """Raises ValueError: it is no such log."""
    magic, version, count, sector = _HEAD.unpack_from(log)
    if (magic, version, sector) != (_MAGIC, 1, SECTOR):
        raise ValueError("this is not the log of a card, as blklogwrites writes it")
    entries: list[Write | None] = []
    place = SECTOR
    for _ in range(count):
        at, sectors, flags, _ = _ENTRY.unpack_from(log, place)
        place += SECTOR
        length = 0 if flags & _DISCARD else sectors * SECTOR
        if length:
            entries.append(Write(at * SECTOR, log[place : place + length]))
        if flags & _FLUSH:
            entries.append(FLUSH)
        place += length
    return entries


class Cuts:
    """The card after power cuts, of which each is later than those before it."""

    def __init__(self, before: bytes, log: Log, chance: random.Random) -> None:
        self._safe, self._done = bytearray(before), 0
        self._log, self._chance = log, chance

    def after(self, count: int) -> tuple[bytes, int]:
        """The card when the power goes after so many entries, and how many writes were lost."""
        while FLUSH in self._log[self._done : count]:
            flushed = self._log.index(FLUSH, self._done) + 1
            _do(self._safe, self._log[self._done : flushed])
            self._done = flushed
        waiting = [entry for entry in self._log[self._done : count] if entry is not FLUSH]
        share = self._chance.choice((0.0, 0.5, 1.0))
        made = [write for write in waiting if self._chance.random() < share]
        self._chance.shuffle(made)
        card = bytearray(self._safe)
        _do(card, made[:-1])
        _do(card, [Write(last.at, self._torn(last.data)) for last in made[-1:]])
        return bytes(card), len(waiting) - len(made)

    def _torn(self, data: bytes) -> bytes:
        return data[: SECTOR * self._chance.randint(1, len(data) // SECTOR)]


def _do(card: bytearray, log: Log) -> None:
    for entry in log:
        if entry is not FLUSH:
            card[entry.at : entry.at + len(entry.data)] = entry.data


@dataclass(frozen=True)
class Left:
    """What a start finds on a card. Its journal has been replayed, as by the kernel."""

    image: Path

    def __post_init__(self) -> None:
        """Raises AssertionError where the file system is damaged, and not merely in the midst of things."""
        done = subprocess.run(["e2fsck", "-f", "-p", self.image], capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stdout + done.stderr

    def names(self, folder: str) -> set[str]:
        """Of the files in it."""
        lines = self._ask(f"ls -p {folder}").splitlines()
        return {line.split("/")[5] for line in lines if line} - {".", ".."}

    def content(self, path: str) -> str:
        return self._ask(f"cat {path}")

    def copy_out(self, folder: str, target: Path) -> None:
        self._ask(f"rdump {folder} {target}")

    def _ask(self, request: str) -> str:
        done = subprocess.run(["debugfs", "-R", request, self.image], capture_output=True, text=True)
        complaint = "\n".join(done.stderr.splitlines()[1:])  # the first line is its version
        assert not complaint, complaint
        return done.stdout
