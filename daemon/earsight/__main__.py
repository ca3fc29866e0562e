"""The program: the command `earsight`, and `python -m earsight`."""

from __future__ import annotations

import signal

_heeds_ctrl_c = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN  # ignored in a shell's background
if _heeds_ctrl_c:
    # While modules load, Ctrl-C just ends the process: nobody needs a traceback from the midst of an import.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from typing import NoReturn  # noqa: E402

from earsight.cli import main  # noqa: E402
from earsight.system.process_exit import exit_process  # noqa: E402


def run() -> NoReturn:
    """Run the command that was typed, and end the process with its exit status."""
    status = main()
    if _heeds_ctrl_c:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    exit_process(status)


if __name__ == "__main__":
    run()
