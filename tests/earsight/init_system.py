"""An init system as far as a service can tell: it starts it with variables, and listens."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest


class InitSystem:
    """What a service says to it, in the order in which it came."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self.runtime = folder / "run"
        self.runtime.mkdir()
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._channel.bind(str(folder / "notify"))
        self._channel.setblocking(False)
        self._messages: list[str] = []
        self.variables = {"NOTIFY_SOCKET": str(folder / "notify"), "RUNTIME_DIRECTORY": str(self.runtime)}
        for name, value in self.variables.items():
            environment.setenv(name, value)

    @property
    def messages(self) -> list[str]:
        """All lines so far."""
        while True:
            try:
                self._messages += self._channel.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self._messages

    @property
    def status(self) -> str:
        """What `systemctl status` shows."""
        shown = [line.removeprefix("STATUS=") for line in self.messages if line.startswith("STATUS=")]
        return shown[-1] if shown else ""

    def close(self) -> None:
        self._channel.close()
