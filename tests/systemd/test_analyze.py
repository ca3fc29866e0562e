"""What systemd itself says of the units, alone and with each drop-in that script/install puts beside them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "systemd"
SERVICE, SPEAKER = "earsight.service", "earsight-cant-start.service"
SERVER = "earsight-server.service"
POWER_OFF, POWER_OFF_PATH = "earsight-power-off.service", "earsight-power-off.path"
UNITS = [
    (SERVICE, drop_in)
    for drop_in in (None, "doctor.conf", "jetson.conf", "user.conf", "cant-start.conf", "network.conf")
]
UNITS += [(SPEAKER, None), (SPEAKER, "user.conf"), (POWER_OFF, None), (SERVER, None)]
EXPOSURE = 20
"""Tenths. The smaller, the less a service that is taken over can do."""

ANALYZE = shutil.which("systemd-analyze")

pytestmark = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


@pytest.fixture(params=UNITS, ids=lambda names: " with ".join(name for name in names if name))
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """In a system with nothing but our units and one drop-in, filled in as script/install does."""
    name, drop_in = request.param
    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    for ours in (SERVICE, SPEAKER, SERVER, POWER_OFF, POWER_OFF_PATH):
        shutil.copy(FOLDER / ours, units)
    if drop_in is not None:
        folder = units / f"{name}.d"
        folder.mkdir()
        text = (FOLDER / drop_in).read_text(encoding="utf-8")
        folder.joinpath(drop_in).write_text(
            text.replace("@USER@", "wearer").replace("@UID@", "1000").replace("@HOST@", "192.168.1.20"),
            encoding="utf-8",
        )
    return units / name


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_the_sandbox_is_tight(unit: Path) -> None:
    root = unit.parents[3]
    done = analyze(
        "security", "--offline=yes", f"--root={root}", f"--threshold={EXPOSURE}", "--no-pager", unit.name
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze can't look at files")
    assert "Overall exposure level" in done.stdout, done.stderr
    assert done.returncode == 0, done.stdout[-200:]


def test_systemd_understands_every_line(unit: Path) -> None:
    """systemd-analyze passes units with keys that it ignores, so its words count, not its exit status."""
    # The programs are not where they will be installed; everything else is verified as it is.
    for path in unit.parent.rglob("*.*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            path.write_text(
                re.sub(r"/opt/earsight/(venv/bin|current/script)/[\w-]+", "/bin/true", text), encoding="utf-8"
            )
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(unit))
    said = done.stdout + done.stderr
    if "unrecognized option" in said:
        said = analyze("verify", "--man=no", str(unit)).stderr
    assert [line for line in said.splitlines() if "earsight" in line] == []


def test_a_line_that_systemd_does_not_know_is_noticed(tmp_path: Path) -> None:
    """So that the test above can fail."""
    unit = tmp_path / SERVICE
    unit.write_text("[Service]\nExecStart=/bin/true\nRestartsec=1\nMemoryMaximum=1\n", encoding="utf-8")
    assert "MemoryMaximum" in analyze("verify", "--man=no", str(unit)).stderr
