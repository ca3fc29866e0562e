"""Which processes have a device open, as far as /proc tells this user."""

from __future__ import annotations

import os
from pathlib import Path


def device_users(devices: set[str], proc: Path = Path("/proc")) -> list[str]:
    """Find the other processes that have a device open. Processes of other users are only seen by root.

    Args:
        devices: Resolved paths such as "/dev/video0".
        proc: Where the kernel shows processes.

    Returns:
        Each as "name (pid)", in the order of their ids.
    """
    found = []
    for process in sorted((p for p in proc.glob("[0-9]*") if p.name.isdecimal()), key=lambda p: int(p.name)):
        if int(process.name) != os.getpid() and _opened(process) & devices:
            found.append(f"{_name(process)} ({process.name})")
    return found


def held_by(devices: set[str]) -> str:
    """The end of a message about a busy device: who has it, and what to do.

    Args:
        devices: Resolved paths such as "/dev/video0".
    """
    found = device_users(devices)
    if found:
        return f"held by {', '.join(found)}: stop that program first"
    return "held by another program: stop it first (sudo fuser -v /dev/video* names it)"


def _opened(process: Path) -> set[str]:
    opened = set()
    try:
        for link in (process / "fd").iterdir():
            try:
                opened.add(str(link.readlink()))
            except OSError:
                continue  # closed meanwhile
    except OSError:
        return set()  # ended meanwhile, or another user's
    return opened


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "process"
