"""The simulated device: builds it, and runs the scenarios in it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.hil.debian import BuildError
from tests.hil.guest import ROOT
from tests.hil.image import Image
from tests.hil.installation import Installation
from tests.hil.machine import MACHINES, cache_folder
from tests.hil.record import FAILED, FAILED_FIRST, load_all
from tests.hil.report import write_html, write_markdown


def main() -> int:
    """0: all went well. 1: a scenario failed, or the device can't be built."""
    parser = argparse.ArgumentParser(prog="script/hil", description=__doc__)
    parser.add_argument("--all", action="store_true", help="not only the core of the scenarios")
    parser.add_argument("-k", metavar="WORDS", dest="named", help="the scenarios of such names")
    parser.add_argument("--soak", type=float, metavar="HOURS", help="presses and faults for so long")
    parser.add_argument("--arch", choices=MACHINES, default="amd64", dest="architecture")
    parser.add_argument("--report", type=Path, default=ROOT / "hil-report", metavar="DIR")
    parser.add_argument(
        "--if-possible", action="store_true", help="exit with 0, and say why, where it can't be built"
    )
    arguments = parser.parse_args()
    folder = cache_folder() / arguments.architecture
    installation = Installation(Image(folder, MACHINES[arguments.architecture]), folder)
    began = time.monotonic()
    print(f"script/hil: building the simulated device in {folder} ...", flush=True)
    try:
        if (os.cpu_count() or 1) < 2:
            raise BuildError("it wants two cores, and here is one")
        said = installation.make()
    except BuildError as error:
        print(f"script/hil: the simulated device can't be built here: {error}", file=sys.stderr)
        return 0 if arguments.if_possible else 1
    print(f"{said}script/hil: built in {time.monotonic() - began:.0f} s", flush=True)
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    report: Path = arguments.report.resolve()
    report.mkdir(parents=True, exist_ok=True)
    for old in (*report.glob("*/scenario.json"), *report.glob("*.xml"), report / "machine.json"):
        old.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "--rootdir", str(ROOT)]
    command += ["--config-file", str(ROOT / "pyproject.toml"), str(ROOT / "tests/hil")]
    command += ["--verbose"]
    environment = {"EARSIGHT_HIL": arguments.architecture, "EARSIGHT_HIL_REPORT": str(report)}
    if arguments.soak is not None:
        command += ["-m", "soak"]
        environment["EARSIGHT_HIL_SOAK"] = str(arguments.soak)
    elif arguments.named:
        command += ["-m", "not soak", "-k", arguments.named]
    else:
        command += ["-m", "not soak" if arguments.all else "core"]
    status = _pytest([*command, f"--junitxml={report / 'junit.xml'}"], environment)
    if status == 1 and arguments.soak is None:
        status = _try_again(command, environment, report)
    write_markdown(report)
    print(f"script/hil: the report is {write_html(report)}")
    return status


def _try_again(command: list[str], environment: dict[str, str], report: Path) -> int:
    """Emulated, a device stumbles where a real one does not; what is wrong fails again. What was measured
    many times over has had its chances."""
    failed = [one for one in load_all(report) if one.result == FAILED]
    if any("again_and_again" in one.name for one in failed):
        return 1
    print("script/hil: once more, those that failed", flush=True)
    for one in failed:
        first = report / f"{one.name}-first-try"
        shutil.rmtree(first, ignore_errors=True)
        (report / one.name).rename(first)
        one.name, one.result = first.name, FAILED_FIRST
        one.save(first)
    again = ["--last-failed", "--last-failed-no-failures", "none"]
    again.append(f"--junitxml={report / 'junit-second-try.xml'}")
    return _pytest([*command, *again], environment | {"EARSIGHT_HIL_SECOND_TRY": "1"})


def _pytest(command: list[str], environment: dict[str, str]) -> int:
    return subprocess.run(command, env=os.environ | environment, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
