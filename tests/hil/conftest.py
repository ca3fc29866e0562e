"""Boots the simulated device once for all scenarios, and keeps what each of them leaves for the report."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.hil import slowdown
from tests.hil.device import Device
from tests.hil.guest import Guest, GuestError
from tests.hil.image import Image
from tests.hil.installation import Installation
from tests.hil.machine import MACHINES, cache_folder
from tests.hil.record import JOURNAL, PASSED_LATE, SOUND, Scenario
from tests.hil.sound_card import Earphones

ARCHITECTURE = os.environ.get("EARSIGHT_HIL", "")
"""Set by script/hil, which builds the device: amd64 or arm64."""

REPORT = Path(os.environ.get("EARSIGHT_HIL_REPORT", "."))

SECOND_TRY = bool(os.environ.get("EARSIGHT_HIL_SECOND_TRY"))

_OUTCOME = pytest.StashKey[pytest.TestReport]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "core: of the scenarios in the simulated device, those that CI runs")
    config.addinivalue_line("markers", "once: tries so often in itself that a second try would hide much")
    config.addinivalue_line("markers", "soak: hours in the simulated device; script/hil --soak HOURS")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" or report.failed:
        item.stash[_OUTCOME] = report
    return report


@pytest.fixture(scope="session")
def installation() -> Installation:
    if ARCHITECTURE not in MACHINES:
        pytest.skip("needs the simulated device: script/hil builds it and runs this")
    folder = cache_folder() / ARCHITECTURE
    return Installation(Image(folder, MACHINES[ARCHITECTURE]), folder)


class _Bench:
    """Holds the one device that the scenarios share."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._device: Device | None = None

    def device(self) -> Device:
        if self._device is None:
            guest = Guest(self._installation.image, self._installation.disk)
            try:
                seconds = guest.start()
                self._device = Device(guest)
            except BaseException:
                guest.close()
                raise
            facts = REPORT / "machine.json"
            if not facts.exists():
                facts.write_text(json.dumps(_facts(guest, seconds), indent=1))
        return self._device

    def pause(self, paused: bool) -> None:
        """So that another device has this machine to itself. Its clock stands still meanwhile."""
        if self._device is not None:
            self._device.guest.qmp("stop" if paused else "cont")

    def discard(self) -> None:
        if self._device is not None:
            self._device.guest.close()
            self._device = None


@pytest.fixture(scope="session")
def bench(installation: Installation) -> Iterator[_Bench]:
    found = _Bench(installation)
    yield found
    found.discard()


@pytest.fixture
def alone(bench: _Bench) -> Iterator[None]:
    """For scenarios that start a device of their own."""
    bench.pause(True)
    yield
    bench.pause(False)


@pytest.fixture
def thrown_away(bench: _Bench) -> Iterator[None]:
    """For a scenario after which the device is not what it was: to be asked for before it."""
    yield
    bench.discard()


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Iterator[Scenario]:
    """What the report will say of this one."""
    name = re.sub(r"[^\w.-]+", "-", request.node.name.removeprefix("test_"))
    once = request.node.get_closest_marker("once") is not None
    record = Scenario(name, _title(request), once=once)
    began = time.monotonic()
    yield record
    record.seconds = round(time.monotonic() - began, 1)
    outcome = request.node.stash.get(_OUTCOME, None)
    if outcome is not None and not outcome.passed:
        record.result = outcome.outcome
        record.message = str(outcome.longrepr)[-4000:]
    elif SECOND_TRY:
        record.result = PASSED_LATE
    record.save(REPORT / name)
    for what, seconds in record.timings.items():
        request.node.user_properties.append((what, seconds))


@pytest.fixture
def device(request: pytest.FixtureRequest, bench: _Bench, scenario: Scenario) -> Iterator[Device]:
    """Running, with the buttons up, the camera at a photo, and nothing being said. A test changes its
    settings by device.use(). After a scenario that failed there is a new one."""
    try:
        found = bench.device()
        found.settle()
    except (GuestError, AssertionError):
        bench.discard()
        raise
    began = found.guest.now()
    yield found
    outcome = request.node.stash.get(_OUTCOME, None)
    try:
        leave(found, began, REPORT / scenario.name)
        if outcome is not None and outcome.passed:
            found.restore()
            return
        with (REPORT / scenario.name / JOURNAL).open("a") as journal:
            journal.write(f"\n\n{found.camera.state()}")
    except GuestError as error:
        (REPORT / scenario.name / JOURNAL).write_text(f"{error}\n{found.guest.console()}")
    bench.discard()


def leave(device: Device, began: float, folder: Path) -> None:
    """For the report: what was heard and written since that time."""
    folder.mkdir(parents=True, exist_ok=True)
    device.ear.between(began, device.guest.now()).save(folder / SOUND)
    lines = device.service.journal(began)
    (folder / JOURNAL).write_text("\n".join(f"{line.at - began:9.3f}  {line.text}" for line in lines))


@pytest.fixture
def earphones(device: Device) -> Iterator[Earphones]:
    """USB earphones, plugged in, and the service speaking to them."""
    found = Earphones(device.guest)
    found.plug_in()
    yield found
    if found.is_plugged_in():
        found.plug_out()


def _facts(guest: Guest, boot: float) -> dict[str, object]:
    """Of the machine, for the report."""
    here, there = slowdown.here(), slowdown.there(guest)
    kernel = guest.run("uname", "--kernel-release", "--machine").output.strip()
    return {
        "processor": slowdown.processor(),
        "cores": os.cpu_count(),
        "guest": f"{guest.run('sh', '-c', '. /etc/os-release; echo $PRETTY_NAME').output.strip()}, {kernel}",
        "boot until the agent answers, s": round(boot, 1),
        "fixed loop here, s": round(here, 3),
        "fixed loop in the guest, s": round(there, 3),
        "slowdown": round(there / here, 1),
    }


def _title(request: pytest.FixtureRequest) -> str:
    """What its docstring says, else its name in words."""
    doc = (request.function.__doc__ or "").strip().splitlines()
    parameters = re.search(r"\[(.+)\]$", request.node.name)
    title = doc[0] if doc else request.function.__name__.removeprefix("test_").replace("_", " ")
    return f"{title} ({parameters[1]})" if parameters else title
