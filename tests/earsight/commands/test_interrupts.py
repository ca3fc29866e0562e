"""Ctrl-C: no traceback, no abort(), whatever goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from earsight import cli
from tests.earsight.commands.process import environment

INTERRUPTED = {cli.INTERRUPTED, -signal.SIGINT}
"""Exit statuses: a command that cleaned up, and a process that had not come so far."""


def started(*words: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "earsight", *words],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def threads(process: subprocess.Popen[str]) -> int:
    try:
        return len(list(Path(f"/proc/{process.pid}/task").iterdir()))
    except FileNotFoundError:
        return 0


def printed(code: str) -> str:
    """By a Python that runs the code without an error."""
    paths = {"PYTHONPATH": environment(Path())["PYTHONPATH"]}
    argv = [sys.executable, "-c", code]
    return subprocess.run(argv, env=paths, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.2, 0.4, 0.6])
def test_the_doctor_while_its_checks_run(tmp_path: Path, delay: float) -> None:
    """They run in threads, some of them in native code that does not like it when Python ends around it."""
    doctor = started("doctor", folder=tmp_path)
    while threads(doctor) < 2 and doctor.poll() is None:
        time.sleep(0.005)
    time.sleep(delay)
    doctor.send_signal(signal.SIGINT)
    _, errors = doctor.communicate(timeout=60)
    assert errors == ""
    assert doctor.returncode in {*INTERRUPTED, 0, 1}  # it may have been through


def test_before_the_command_has_begun_it_just_ends() -> None:
    code = (
        "import sys, signal; sys.modules['earsight.cli'] = sys; sys.main = None\n"
        "import earsight.__main__\n"
        "print(signal.getsignal(signal.SIGINT) is signal.SIG_DFL)"
    )
    paths = {"PYTHONPATH": environment(Path())["PYTHONPATH"]}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=paths, capture_output=True, text=True, check=True
    )
    assert printed.stdout == "True\n"


def test_where_the_shell_ignores_it_it_stays_ignored() -> None:
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "import earsight.__main__\n"
        "from earsight import cli; cli.main(['config', 'schema'])\n"
        "assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN"
    )
    printed(code)
