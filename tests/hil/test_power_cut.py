"""The replay of a card's log, without a device: what is safe stays, and there is only what was written."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hil.power_cut import FLUSH, SECTOR, Cuts, Write, parse

SECTORS = 8


def filled(at: int, count: int, fill: int) -> Write:
    return Write(at * SECTOR, bytes([fill]) * SECTOR * count)


WRITES = st.builds(filled, st.integers(0, SECTORS - 3), st.integers(1, 3), st.integers(1, 255))


@given(st.lists(WRITES | st.just(FLUSH), max_size=12), st.randoms(use_true_random=False), st.data())
def test_each_sector_has_what_was_safe_or_written_since(
    log: list[Write | None], chance: random.Random, data: st.DataObject
) -> None:
    cuts = Cuts(bytes(SECTORS * SECTOR), log, chance)
    for moment in sorted(data.draw(st.lists(st.integers(0, len(log)), min_size=1, max_size=4))):
        card, _ = cuts.after(moment)
        fills = [card[at] for at in range(0, len(card), SECTOR)]
        assert len(card) == SECTORS * SECTOR
        assert all(fill in may for fill, may in zip(fills, possible(log[:moment]), strict=True))


def possible(log: list[Write | None]) -> list[set[int]]:
    """What may fill each sector; the newest comes last."""
    fills = [[0] for _ in range(SECTORS)]
    for entry in log:
        if entry is FLUSH:
            fills = [known[-1:] for known in fills]
        else:
            for number in range(entry.at // SECTOR, (entry.at + len(entry.data)) // SECTOR):
                fills[number].append(entry.data[0])
    return [set(known) for known in fills]


@pytest.mark.parametrize(("lost", "there"), [(0, {7}), (1, {0})])
def test_what_was_not_flushed_may_be_lost_and_may_be_there(lost: int, there: set[int]) -> None:
    cuts = Cuts(bytes(SECTOR), [Write(0, b"\7" * SECTOR)], random.Random(1))
    tries = [cuts.after(1) for _ in range(100)]
    assert {card[0] for card, without in tries if without == lost} == there


@pytest.mark.skipif(shutil.which("qemu-io") is None, reason="needs qemu-io (qemu-utils)")
def test_what_qemu_logs_is_understood(tmp_path: Path) -> None:
    disk, log = tmp_path / "disk", tmp_path / "log"
    disk.write_bytes(bytes(1 << 20))
    log.touch()
    files = f"driver=blklogwrites,file.driver=file,file.filename={disk},log.driver=file,log.filename={log}"
    steps = ["write -P 1 0 4k", "flush", "write -P 2 4k 1k", "discard 64k 64k", "write -P 3 8k 512", "flush"]
    commands = [word for step in steps for word in ("-c", step)]
    subprocess.run(["qemu-io", "--image-opts", files, *commands], check=True, capture_output=True)
    found = parse(log.read_bytes())
    written = [Write(0, b"\1" * 4096), FLUSH, Write(4096, b"\2" * 1024), Write(8192, b"\3" * 512), FLUSH]
    assert list(found)[:5] == written


def test_another_file_is_no_log() -> None:
    with pytest.raises(ValueError, match="not the log of a card"):
        parse(bytes(4096))
