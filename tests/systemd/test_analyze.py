"""What systemd itself says of the unit, alone and with each drop-in that script/install puts beside it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "systemd"
UNIT = FOLDER / "earsight.service"
DROP_INS = (None, "doctor.conf", "jetson.conf", "user.conf")
EXPOSURE = 20
"""Tenths. The smaller, the less a service that is taken over can do."""

ANALYZE = shutil.which("systemd-analyze")

pytestmark = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


@pytest.fixture(params=DROP_INS, ids=str)
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A system with nothing but the unit and one drop-in, filled in as script/install does."""
    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    shutil.copy(UNIT, units)
    if request.param is not None:
        folder = units / f"{UNIT.name}.d"
        folder.mkdir()
        text = (FOLDER / request.param).read_text(encoding="utf-8")
        folder.joinpath(request.param).write_text(
            text.replace("@USER@", "wearer").replace("@UID@", "1000"), encoding="utf-8"
        )
    return tmp_path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_the_sandbox_is_tight(root: Path) -> None:
    done = analyze(
        "security", "--offline=yes", f"--root={root}", f"--threshold={EXPOSURE}", "--no-pager", UNIT.name
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze can't look at files")
    assert "Overall exposure level" in done.stdout, done.stderr
    assert done.returncode == 0, done.stdout[-200:]


def test_systemd_understands_every_line(root: Path) -> None:
    """systemd-analyze passes units with keys that it ignores, so its words count, not its exit status."""
    # The program is not where it will be installed; everything else is verified as it is.
    units = root / "etc" / "systemd" / "system"
    for path in units.rglob("*.*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace("/opt/earsight/venv/bin/earsight", "/bin/true"), encoding="utf-8")
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(units / UNIT.name))
    said = done.stdout + done.stderr
    if "unrecognized option" in said:
        said = analyze("verify", "--man=no", str(units / UNIT.name)).stderr
    assert [line for line in said.splitlines() if "earsight" in line] == []


def test_a_line_that_systemd_does_not_know_is_noticed(tmp_path: Path) -> None:
    """So that the test above can fail."""
    unit = tmp_path / UNIT.name
    unit.write_text("[Service]\nExecStart=/bin/true\nRestartsec=1\nMemoryMaximum=1\n", encoding="utf-8")
    assert "MemoryMaximum" in analyze("verify", "--man=no", str(unit)).stderr
