"""Says why there is no service: when it can't start, or has crashed again and again.

Whatever has broken the service must not silence this. So it imports little more than the standard library,
and the configured voice, which needs much more, speaks in a process of its own. Where that fails, espeak-ng
and aplay are called directly.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from earsight.language.catalogue import Catalogue
from earsight.message import Message
from earsight.system import time_limits
from earsight.system.systemd import notify, show

_PROGRAMS = 3
"""The process of the configured voice, espeak-ng, and aplay: each may take as long as a voice may."""

_log = logging.getLogger(__name__)


def report(why: Message, reason: str, language: str, config_file: Path | None) -> None:
    """Tell why there is no service: `systemctl status`, and the wearer.

    Args:
        why: What is said.
        reason: The details, for the status only.
        language: Code of the language to say it in.
        config_file: Names the configured voice; may be wrong, or gone.
    """
    show(f"{_text(why, 'en')} {reason}")
    say_until_heard(_text(why, language), language, config_file)


def say_until_heard(text: str, language: str, config_file: Path | None) -> None:
    """Try again and again for FAILURE_PATIENCE seconds: the earphones may be plugged in only now.

    The service manager is told that this takes longer than a start.
    """
    deadline = time.monotonic() + time_limits.FAILURE_PATIENCE
    told: set[str] = set()
    while True:
        longest = _PROGRAMS * time_limits.FAILURE_VOICE + time_limits.FAILURE_MARGIN
        notify(f"EXTEND_TIMEOUT_USEC={longest * 1e6:.0f}")
        for speak in (_by_configured_voice, _directly):
            complaint = speak(text, language, config_file)
            if complaint is None:
                return
            if complaint not in told:
                _log.error("%s", complaint)
                told.add(complaint)
        if time.monotonic() >= deadline:
            return
        time.sleep(time_limits.FAILURE_PAUSE)


def _text(message: Message, language: str) -> str:
    return Catalogue(language, str).text(message)


def _by_configured_voice(text: str, language: str, config_file: Path | None) -> str | None:
    file = [] if config_file is None else [str(config_file)]
    return _run([sys.executable, "-m", "earsight.service.say_once", language, *file], text.encode())[1]


def _directly(text: str, language: str, _config_file: Path | None) -> str | None:
    sound, complaint = _run(["espeak-ng", "-v", language, "-b", "1", "--stdin", "--stdout"], text.encode())
    return complaint or _run(["aplay", "-q"], sound)[1]


def _run(argv: Sequence[str], given: bytes) -> tuple[bytes, str | None]:
    """Run a program to its end.

    Returns:
        Its output, and what went wrong, if anything did.
    """
    name = " ".join(argv[:3])
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return b"", f"{name}: {error.strerror}"
    try:
        output, errors = process.communicate(given, timeout=time_limits.FAILURE_VOICE)
    except subprocess.TimeoutExpired:
        return b"", f"{name}: did not finish within {time_limits.FAILURE_VOICE:g} s"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.returncode == 0:
        return output, None
    lines = errors.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "no message")
    return output, f"{name}: {last} (exit status {process.returncode})"
