"""The server calls the daemon, and the daemon works without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import earsight
from tests.earsight.commands.process import environment
from tests.earsight.test_layers import imports

DAEMON = Path(earsight.__file__).parents[1]
LOADS_IT = Path("earsight/commands/serve.py")
"""By its name, when it is asked for."""


def test_only_one_command_of_the_daemon_knows_the_server() -> None:
    importing = {
        path.relative_to(DAEMON)
        for package in ("earsight", "earsight_bundle", "earsight_files")
        for path in (DAEMON / package).rglob("*.py")
        if any(name.split(".")[0] == "earsight_server" for name in imports(path.read_text("utf-8")))
    }
    assert importing == {LOADS_IT}


def test_the_server_knows_neither_training_nor_torch() -> None:
    wrong = [
        path
        for path in (DAEMON / "earsight_server").rglob("*.py")
        if {"earsight_training", "torch"} & {name.split(".")[0] for name in imports(path.read_text("utf-8"))}
    ]
    assert wrong == []


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    """Beside a finder that knows none of the extra's packages."""
    code = (
        "import importlib.util as util, sys\n"
        "real = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name in ('fastapi', 'lameenc') else real(name, *more)\n"
        "from earsight.cli import main\n"
        "sys.exit(main(['serve']))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "earsight: the server's packages are missing (fastapi, lameenc): run script/serve, "
        "or pip install 'earsight[server]'\n"
    )
