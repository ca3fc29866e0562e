"""Tells systemd how the service is, by the sd_notify protocol: one datagram per message."""

from __future__ import annotations

import os
import socket


def managed() -> bool:
    """Whether a service manager started this process and listens to it."""
    return bool(os.environ.get("NOTIFY_SOCKET"))


def notify(state: str) -> None:
    """Send a state such as "READY=1". Does nothing if no service manager listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address[0] == "@":
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.connect(address)
            channel.sendall(state.encode())
        except OSError:
            # The manager is restarting; the watchdog speaks for us if it never comes back.
            return


def watchdog_interval() -> float | None:
    """Seconds within which the service manager expects a sign of life; None if it expects none."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    meant_for = os.environ.get("WATCHDOG_PID", str(os.getpid()))
    if not microseconds.isdigit() or meant_for != str(os.getpid()):
        return None
    return int(microseconds) / 1e6


def show(status: str) -> None:
    """Set the line that `systemctl status` shows, also after the process has ended."""
    notify(f"STATUS={' '.join(status.split())}")


class ServiceStatus:
    """What does not work at the moment, and why, for `systemctl status`."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def report(self, part: str, reason: str | None) -> bool:
        """Say how a part is.

        Args:
            part: Its name.
            reason: Why it does not work; None if it works.

        Returns:
            Whether that has changed.
        """
        if self._reasons.get(part) == reason:
            return False
        self._reasons.pop(part, None)
        if reason is not None:
            self._reasons[part] = reason
        self.show()
        return True

    def has(self, part: str) -> bool:
        """Whether a part does not work."""
        return part in self._reasons

    def show(self) -> None:
        """Tell the service manager."""
        show("; ".join(f"{part}: {reason}" for part, reason in self._reasons.items()) or "Everything works.")
