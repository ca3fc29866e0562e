"""Whether everything that the daemon needs has a wheel for 64-bit Arm: a board should compile nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.13")
"""Of Debian 12 and 13, and so of Raspberry Pi OS."""

NOT_FOR_BOARDS = frozenset({"clip", "huggingface", "test", "train"})
"""Extras of a workstation, and one whose torch is, on a board with a GPU, the one of the board's maker."""

_GLIBC = 35
"""The 35 of 2.35, of the Ubuntu 22.04 in JetPack 6: the oldest C library of the boards' systems."""

_MISSING = re.compile(r"No matching distribution found for (.+)")


class WheelsError(Exception):
    """A requirement without a wheel."""


class NoIndexError(WheelsError):
    """pip could not ask."""


def board_extras(metadata: dict) -> list[str]:
    """All but those that a board has no use for."""
    return sorted(set(metadata.get("provides_extra", [])) - NOT_FOR_BOARDS)


def project_metadata() -> dict:
    """Of this project, as pip reads it. Raises NoIndexError."""
    return _report(["--no-deps", str(ROOT)])[0]["metadata"]


def requirements(metadata: dict, python: str, extra: str = "") -> list[str]:
    """What a 64-bit Arm board with this Python needs for the daemon and one extra."""
    # pip evaluates markers for the Python that it runs on, whatever platform it is asked about.
    board = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": "aarch64",
        "platform_system": "Linux",
        "sys_platform": "linux",
        "extra": extra,
    }
    wanted = (Requirement(line) for line in metadata["requires_dist"])
    return [
        f"{item.name}{item.specifier}" for item in wanted if not item.marker or item.marker.evaluate(board)
    ]


def resolve(needed: Sequence[str], python: str) -> list[str]:
    """The wheels, as "name version". Raises WheelsError with the name of what has none, NoIndexError."""
    items = _report([*for_board(python), *needed])
    return [f"{item['metadata']['name']} {item['metadata']['version']}" for item in items]


def for_board(python: str) -> list[str]:
    """pip's options: wheels of this Python for 64-bit Arm only."""
    tags = ["manylinux2014", *(f"manylinux_2_{minor}" for minor in range(17, _GLIBC + 1))]
    platforms = [option for tag in tags for option in ("--platform", f"{tag}_aarch64")]
    return ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}", *platforms]


def pip(*arguments: str, timeout: float = 300) -> str:
    """Its standard output. timeout: seconds. Raises WheelsError, NoIndexError."""
    command = [sys.executable, "-m", "pip", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise NoIndexError(f"pip took more than {timeout:.0f} s; check the network") from error
    if not done.returncode:
        return done.stdout
    # Without a network, too, pip says that it found nothing: after lines about retries.
    missing = _MISSING.search(done.stderr)
    if missing and "Retrying" not in done.stderr:
        raise WheelsError(f"no wheel: {missing[1]}")
    raise NoIndexError(f"pip failed: {done.stderr.strip()[-500:]}")


def _report(arguments: list[str]) -> list[dict]:
    # A target folder is what makes pip accept another platform; a dry run puts nothing there.
    target = ["--target", "/nonexistent"] if "--no-deps" not in arguments else []
    options = ["--dry-run", "--quiet", "--ignore-installed", "--report", "-", *target]
    return json.loads(pip("install", *options, *arguments))["install"]
