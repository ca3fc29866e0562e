"""Earsight as systemd runs it in the guest: its settings, its journal and its state."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import yaml

from tests.hil.guest import Guest

UNIT = "earsight.service"
SETTINGS = "/etc/earsight/earsight.yaml"
WATCHDOG = 30.0
"""Seconds after the last finished work, as the unit has it."""


@dataclass(frozen=True)
class Line:
    """One of the journal. at: by the guest's monotonic clock."""

    at: float
    text: str


class Service:
    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._settings: Mapping[str, Any] | None = None

    @contextmanager
    def patient(self) -> Iterator[None]:
        """With limits for what takes a hundred times as long as on a board: a start, and one sum of a large
        model."""
        folder = f"/run/systemd/system/{UNIT}.d"
        self._guest.run("mkdir", "-p", folder)
        self._guest.write(f"{folder}/emulated.conf", "[Service]\nTimeoutStartSec=300\nWatchdogSec=300\n")
        self._guest.run("systemctl", "daemon-reload")
        try:
            yield
        finally:
            self.stop()
            self._guest.run("rm", f"{folder}/emulated.conf")
            self._guest.run("systemctl", "daemon-reload")

    # Start and end

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Write them for the next start, or the next look at the file."""
        self._guest.write(SETTINGS, yaml.safe_dump(dict(settings)))
        self._settings = settings

    def begin_with(self, settings: Mapping[str, Any], limit: float = 300.0) -> None:
        """Running with these settings, and ready: as it is, where that is so already."""
        if self._settings == settings and self.state() == "active":
            return
        self.stop()
        self.configure(settings)
        self.start(limit)

    def start(self, limit: float = 300.0) -> float:
        """Until it says that it is ready, and when."""
        self._guest.shell(f"systemctl reset-failed {UNIT} 2>/dev/null || true")
        began = self._guest.now()
        self._guest.run("systemctl", "start", UNIT, limit=limit)
        return self.wait_for("^ready", began, 20).at

    def start_without_waiting(self) -> float:
        self._guest.shell(f"systemctl reset-failed {UNIT} 2>/dev/null || true")
        began = self._guest.now()
        self._guest.run("systemctl", "start", "--no-block", UNIT)
        return began

    def stop(self) -> float:
        """How many seconds that took."""
        done = self._guest.run("systemctl", "stop", UNIT)
        return done.ended - done.began

    def kill(self, signal: str) -> float:
        """Its main process only; when."""
        return self._guest.run("systemctl", "kill", "--kill-whom=main", f"--signal={signal}", UNIT).began

    # What systemd says

    def state(self) -> str:
        return self._guest.run("systemctl", "is-active", UNIT, check=False).output.strip()

    def wait_for_state(self, state: str, limit: float) -> None:
        """Raises AssertionError."""
        until = time.monotonic() + limit
        while (seen := self.state()) != state:
            assert time.monotonic() < until, f"{UNIT} is {seen} and not {state} after {limit:g} s"
            time.sleep(0.5)

    def shown(self, name: str) -> str:
        return self._guest.run("systemctl", "show", "--value", f"--property={name}", UNIT).output.strip()

    @property
    def process(self) -> int:
        return int(self.shown("MainPID"))

    @property
    def restarts(self) -> int:
        return int(self.shown("NRestarts"))

    # What it says

    def journal(self, after: float) -> list[Line]:
        """Of the service and of systemd about it."""
        seconds = max(1, int(self._guest.now() - after) + 2)
        command = ["journalctl", "--unit", UNIT, "--output=json", "--no-pager"]
        # By the length of time, not by the clock on the wall: a scenario may change that.
        done = self._guest.run(*command, "--boot", f"--lines={200 + 20 * seconds}")
        entries = (json.loads(line) for line in done.output.splitlines())
        lines = [
            Line(int(entry["__MONOTONIC_TIMESTAMP"]) / 1e6, _text(entry["MESSAGE"])) for entry in entries
        ]
        return [line for line in lines if line.at >= after]

    def times_said(self, text: str, after: float) -> int:
        """As an answer, a notice or a narration."""
        ways = tuple(f"{way}: {text}" for way in ("answer", "notice", "narration"))
        return sum(line.text in ways for line in self.journal(after))

    def wait_for(self, pattern: str, after: float, limit: float) -> Line:
        """The first line after that time in which the regular expression is found; raises AssertionError."""
        until = time.monotonic() + limit
        while True:
            lines = self.journal(after)
            for line in lines:
                if re.search(pattern, line.text):
                    return line
            told = "\n".join(line.text for line in lines[-15:])
            assert time.monotonic() < until, f"no line like {pattern!r} in {limit:g} s, but:\n{told}"
            time.sleep(0.3)


def _text(message: str | list[int]) -> str:
    """journald gives bytes where a line has unprintable ones."""
    return message if isinstance(message, str) else bytes(message).decode("utf-8", "replace")
