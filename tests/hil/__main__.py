"""The simulated device: builds it, and runs the scenarios in it."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.hil.debian import BuildError
from tests.hil.guest import ROOT
from tests.hil.image import Image
from tests.hil.installation import Installation, InstallationError
from tests.hil.machine import MACHINES, cache_folder
from tests.hil.record import FAILED, FAILED_FIRST, load_all
from tests.hil.report import write_html, write_markdown


def main() -> int:
    """0: all went well. 1: a scenario failed, Earsight can't be installed, or the device can't be built."""
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
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:  # to the end: the scenarios start from these files
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"script/hil: another one is at work in {folder}; wait for it.", file=sys.stderr)
            return 1
        status = _build(arguments, folder)
        return _run(arguments) if status is None else status


def _build(arguments: argparse.Namespace, folder: Path) -> int | None:
    """The exit status where there is no device to go on with."""
    installation = Installation(Image(folder, MACHINES[arguments.architecture]), folder)
    began = time.monotonic()
    print(f"script/hil: building the simulated device in {folder} ...", flush=True)
    try:
        if len(os.sched_getaffinity(0)) < 2:
            raise BuildError("it wants two cores, and here is one")
        said = installation.make()
    except BuildError as error:
        print(f"script/hil: the simulated device can't be built here: {error}", file=sys.stderr)
        return 0 if arguments.if_possible else 1
    except InstallationError as error:
        print(f"script/hil: {error}", file=sys.stderr)
        return 1
    print(f"{said}script/hil: built in {time.monotonic() - began:.0f} s", flush=True)
    return None


def _run(arguments: argparse.Namespace) -> int:
    report: Path = arguments.report.resolve()
    report.mkdir(parents=True, exist_ok=True)
    for scenario in report.glob("*/scenario.json"):
        shutil.rmtree(scenario.parent)
    for name in ("junit.xml", "junit-second-try.xml", "machine.json"):
        (report / name).unlink(missing_ok=True)
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
    """Emulated, a device stumbles where a real one does not; what is wrong fails again. What was tried many
    times over has had its chances."""
    failed = [one for one in load_all(report) if one.result == FAILED]
    if any(one.once for one in failed):
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
    """Ended early, it ends as by Ctrl-C, so that its devices do, too."""
    process = subprocess.Popen(command, env=os.environ | environment, cwd=ROOT)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal has told both
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


if __name__ == "__main__":
    sys.exit(main())
