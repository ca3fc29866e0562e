"""Which processes use a device."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from earsight.system.device_users import device_users, held_by


def test_the_process_that_holds_a_device_is_named(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.write_bytes(b"")
    program = "import sys; held = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(device)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = device_users({str(device)})
        told = held_by({str(device)})
        child.communicate()
    assert len(found) == 1
    assert found[0].endswith(f"({child.pid})")
    assert found[0] in told
    assert device_users({str(device)}) == []
    assert "fuser" in held_by({str(device)})


def test_our_own_hold_and_unreadable_processes_do_not_count(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.write_bytes(b"")
    with device.open():
        assert device_users({str(device)}) == []
    (tmp_path / "proc" / "17").mkdir(parents=True)  # ended while we looked: no fd folder
    assert device_users({str(device)}, tmp_path / "proc") == []
