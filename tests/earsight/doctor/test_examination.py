"""All checks together."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from earsight import cli
from earsight.config.schema import Config
from earsight.doctor import vision
from earsight.doctor.examination import checks, examine, run_checks
from earsight.doctor.finding import PARTS, Finding, Status
from earsight.voice.sound import VoiceError
from tests.earsight.doctor.boards import config, found, photo


def ran(*checks: Callable[[], Awaitable[Finding | None]], limit: float = 5.0) -> list[Finding]:
    return asyncio.run(run_checks({str(number): check for number, check in enumerate(checks)}, limit))


def test_a_check_that_hangs_or_raises_takes_nothing_from_the_others() -> None:
    async def hangs() -> Finding | None:
        await asyncio.sleep(3600)
        return None

    async def raises() -> Finding | None:
        raise RuntimeError("odd\nthing")

    async def refuses() -> Finding | None:
        raise VoiceError("the card is gone: plug it in")

    async def nothing() -> Finding | None:
        return None

    async def fine() -> Finding | None:
        return found("fine", Status.OK)

    findings = ran(hangs, raises, refuses, nothing, fine, limit=0.2)
    assert [finding.name for finding in findings] == ["0", "1", "2", "fine"]
    assert [finding.status for finding in findings[:3]] == [Status.FAILURE] * 3
    assert findings[0].detail == "no answer within 0.2 seconds"
    assert findings[1].detail == "it couldn't be checked (RuntimeError: odd thing)"
    assert findings[2].detail == "the card is gone: plug it in"


def test_a_thread_that_hangs_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hanging(_: object) -> None:
        release.wait(30)

    monkeypatch.setattr(vision, "check_model", hanging)
    model = checks(Config())["model"]
    began = time.monotonic()
    (finding,) = ran(model, limit=0.2)
    release.set()
    assert finding.detail == "no answer within 0.2 seconds"
    assert time.monotonic() - began < 10


def test_the_whole_examination_of_a_machine_without_anything(tmp_path: Path) -> None:
    settings = config(
        camera={"source": "replay", "replay": photo(tmp_path)},
        triggers={"control_socket": tmp_path / "control.sock"},
        captioner={"bundle": tmp_path / "no bundle"},
        voice={"player": "wav", "wav_file": tmp_path / "speech.wav"},
    )
    findings = {finding.name: finding for finding in asyncio.run(examine(settings))}
    assert {"camera", "button", "control socket", "sound", "voice", "model", "permissions", "disk"} <= set(
        findings
    )
    assert findings["camera"].status is Status.OK
    assert findings["model"].status is Status.FAILURE
    assert "not a model bundle" in findings["model"].detail
    assert not (tmp_path / "speech.wav").exists()


def test_every_finding_has_a_spoken_name() -> None:
    assert set(checks(Config())) | {"settings"} == set(PARTS)


def test_the_disk_is_the_one_that_the_program_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The unit's own folder is in memory."""
    asked: list[Path] = []
    usage = shutil.disk_usage(Path(__file__).parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: asked.append(folder) or usage)
    asyncio.run(checks(Config())["disk"]())
    assert [Path(cli.__file__).is_relative_to(folder.parent) for folder in asked] == [True]
