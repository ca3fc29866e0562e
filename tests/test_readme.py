"""Every command that the README shows, run as it stands.

script/run sets up what is there already where tests run, so its arguments go straight to what it ends in;
tests/script tries the script itself.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from earsight.cameras.replay import demo_photos

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]


def test_the_two_commands_come_first() -> None:
    assert COMMANDS[0] == "script/run"
    assert "script/test" in COMMANDS
    for script in ("run", "test", "lint", "bench"):
        assert os.access(ROOT / "script" / script, os.X_OK)


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, tmp_path: Path) -> None:
    program, *words = shlex.split(command)
    if program == "script/test":
        assert words == []  # it is what runs this
        return
    words = [str(demo_photos()[0]) if word == "PHOTO" else word for word in words]
    words = [str(ROOT / word) if word.startswith("config/") else word for word in words]
    if program == "script/run":
        words = ["run", "--config", str(ROOT / "config/desktop.yaml"), *words]
    else:
        assert program == ".venv/bin/earsight"
    environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path), "PYTHONPATH": str(ROOT / "daemon")}
    child = subprocess.Popen(
        [sys.executable, "-m", "earsight", *words],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert child.stdout is not None
    if words[0] == "run" and "--once" not in words:
        said = ""
        while "ready." not in said:
            line = child.stdout.readline()
            assert line, said
            said += line
        child.send_signal(signal.SIGTERM)
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 0, said


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target
