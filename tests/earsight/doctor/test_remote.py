"""The doctor and another machine that captions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from earsight.doctor.examination import checks, run_checks
from earsight.doctor.finding import Finding, Status, spoken
from earsight.doctor.named_files import what_cannot_work
from earsight.language.languages import load_language
from tests.earsight.captioners.remote.other_machine import OtherMachine, answering, http, says
from tests.earsight.doctor.boards import config


@pytest.fixture
def machine() -> Iterator[OtherMachine]:
    found = OtherMachine(says("A grey wall."))
    yield found
    found.close()


def remote(machine: OtherMachine, **more: object) -> dict:
    return {"engine": "openai", "remote": {"url": machine.url, "model": "tiny", **more}}


def found(captioner: dict) -> list[Finding]:
    check = checks(config(captioner=captioner))["other machine"]
    return asyncio.run(run_checks({"other machine": check}))


def test_it_is_told_where_pictures_go(machine: OtherMachine) -> None:
    (finding,) = found(remote(machine))
    assert finding.status is Status.OK
    assert finding.detail.startswith(
        f"pictures leave the device: {machine.url} describes them (engine openai)"
    )


def test_none_leave_it_otherwise() -> None:
    assert found({}) == []


def test_a_machine_that_does_not_answer_is_a_warning_in_any_language(machine: OtherMachine) -> None:
    machine.behaviour = answering(http(b"", "401 Unauthorized"))
    (finding,) = found(remote(machine))
    assert finding.status is Status.WARNING
    assert finding.detail.startswith(f"pictures leave the device: {machine.url}")
    assert "check captioner.remote.key_file (401)" in finding.detail
    assert "script/install" in finding.advice
    said = spoken([finding], load_language("id"))
    assert said[1].startswith("Mesin lain: mesin itu tidak menjawab")


def test_files_that_are_not_there_are_mistakes(machine: OtherMachine, tmp_path: Path) -> None:
    settings = config(captioner=remote(machine, key_file=tmp_path / "key"))
    assert list(what_cannot_work(settings)) == ["captioner.remote"]
    settings = config(captioner=remote(machine, certificate=tmp_path / "ca.pem"))
    assert "ca.pem: not a certificate" in what_cannot_work(settings)["captioner.remote"]
    settings = config(captioner={**remote(machine), "calibration": tmp_path / "none.json"})
    assert "run earsight-train calibrate" in what_cannot_work(settings)["captioner.calibration"]
    assert what_cannot_work(config(captioner=remote(machine))) == {}
    assert machine.received == []
