"""Whether somebody sits in front of the program."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

CODE = "from earsight.system.terminal import at_terminal; print(at_terminal())"
DAEMON = Path(__file__).parents[3] / "daemon"


def printed(stdin: int | None, **variables: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", CODE],
        env={"PYTHONPATH": str(DAEMON), **variables},
        stdin=stdin,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.parametrize("variables", [{}, {"NOTIFY_SOCKET": "/run/nobody", "INVOCATION_ID": "1"}])
def test_a_terminal_is_one_whatever_a_service_manager_has_left_in_the_environment(
    variables: dict[str, str],
) -> None:
    ours, terminal = pty.openpty()
    try:
        assert printed(terminal, **variables) == "True"
    finally:
        os.close(ours)
        os.close(terminal)


@pytest.mark.parametrize("variables", [{}, {"NOTIFY_SOCKET": "/run/nobody"}])
@pytest.mark.parametrize("stdin", [subprocess.DEVNULL, subprocess.PIPE])
def test_what_nobody_types_into_is_none(stdin: int, variables: dict[str, str]) -> None:
    assert printed(stdin, **variables) == "False"
