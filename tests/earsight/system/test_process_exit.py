"""The end of a process in which threads hang."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from earsight.system import time_limits

DAEMON = Path(__file__).parents[3] / "daemon"


def ended(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"import threading, time\nfrom earsight.system import process_exit\n{code}"],
        env={"PYTHONPATH": str(DAEMON)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("daemon", [True, False])
def test_a_thread_that_hangs_is_left_behind_and_what_was_printed_arrives(daemon: bool) -> None:
    end = ended(
        f"threading.Thread(target=time.sleep, args=(3600,), daemon={daemon}).start()\n"
        "print('said', end='')\n"
        "process_exit.exit_process(3)"
    )
    assert (end.returncode, end.stdout, end.stderr) == (3, "said", "")


def test_without_threads_python_ends_as_always() -> None:
    end = ended("import atexit; atexit.register(print, 'tidied up')\nprocess_exit.exit_process(3)")
    assert (end.returncode, end.stdout) == (3, "tidied up\n")


def test_standard_output_that_is_closed_is_no_hindrance() -> None:
    end = ended(
        "import sys; sys.stdout.close(); sys.stdout = None\n"
        "threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
        "process_exit.exit_process(0)"
    )
    assert (end.returncode, end.stderr) == (0, "")


def test_an_end_that_hangs_is_cut_short() -> None:
    began = time.monotonic()
    end = ended("process_exit.exit_soon()\ntime.sleep(3600)")
    assert end.returncode == 0
    assert time.monotonic() - began >= time_limits.END
