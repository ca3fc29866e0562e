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


@pytest.fixture(scope="session")
def booted(installation: Installation) -> Iterator[Device]:
    guest = Guest(installation.image, installation.disk)
    try:
        seconds = guest.start()
        found = Device(guest)
        (REPORT / "machine.json").write_text(json.dumps(_facts(guest, seconds), indent=1))
        yield found
    finally:
        guest.close()


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Iterator[Scenario]:
    """What the report will say of this one."""
    name = re.sub(r"[^\w.-]+", "-", request.node.name.removeprefix("test_"))
    record = Scenario(name, _title(request))
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
def device(booted: Device, scenario: Scenario) -> Iterator[Device]:
    """Running, with the button up, the camera at a photo, and nothing being said. A test changes its settings
    by device.use()."""
    booted.settle()
    began = booted.guest.now()
    yield booted
    folder = REPORT / scenario.name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        ended = booted.guest.now()
        booted.ear.between(began, ended).save(folder / SOUND)
        lines = booted.service.journal(began)
        (folder / JOURNAL).write_text("\n".join(f"{line.at - began:9.3f}  {line.text}" for line in lines))
    except GuestError as error:
        (folder / JOURNAL).write_text(f"the guest no longer answers: {error}\n{booted.guest.console()}")
    booted.restore()


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
