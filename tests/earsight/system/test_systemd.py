"""What the service manager is told, and what it wants."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from earsight.system.systemd import ServiceStatus, managed, notify, show, watchdog_interval
from tests.earsight.init_system import InitSystem


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InitSystem]:
    manager = InitSystem(tmp_path, monkeypatch)
    yield manager
    manager.close()


def test_a_service_manager_hears_each_message(manager: InitSystem) -> None:
    assert managed()
    notify("READY=1")
    notify("WATCHDOG=1")
    assert manager.messages == ["READY=1", "WATCHDOG=1"]


def test_an_address_without_a_file_is_reached_too(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"earsight-test-{os.getpid()}"
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0{name}")
        manager.settimeout(10)
        notify("READY=1")
        assert manager.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/run/nobody/notify"])
def test_without_a_service_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")
    assert managed() is bool(address)


def test_a_status_is_one_line(manager: InitSystem) -> None:
    show("camera:\n  unplugged\n")
    assert manager.status == "camera: unplugged"


@pytest.mark.parametrize(
    ("microseconds", "pid", "interval"),
    [
        ("30000000", None, 30.0),
        ("500000", "our own", 0.5),
        ("30000000", "1", None),
        ("", None, None),
        ("soon", None, None),
    ],
)
def test_the_watchdog_is_for_the_process_that_it_names(
    monkeypatch: pytest.MonkeyPatch, microseconds: str, pid: str | None, interval: float | None
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid is not None:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "our own" else pid)
    assert watchdog_interval() == interval


def test_the_status_has_everything_that_does_not_work(manager: InitSystem) -> None:
    status = ServiceStatus()
    assert not status.report("camera", None), "it has worked before"
    assert status.report("camera", "unplugged")
    assert not status.report("camera", "unplugged")
    assert status.report("sound", "no card")
    assert manager.status == "camera: unplugged; sound: no card"
    assert status.report("camera", "its driver hangs")
    assert manager.status == "sound: no card; camera: its driver hangs"
    assert (status.has("camera"), status.has("button")) == (True, False)
    assert status.report("camera", None)
    assert status.report("sound", None)
    assert manager.status == "Everything works."
