"""The doctor and the microphone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from earsight.config.microphone import MicrophoneSection
from earsight.doctor.finding import Finding, Status
from earsight.doctor.microphone import check_microphone
from earsight.listening.microphone import RATE, MicrophoneError
from earsight.voice import riff
from tests.earsight.listening.said import needs_recogniser

pytestmark = needs_recogniser


def examined(path: Path) -> Finding | None:
    return asyncio.run(check_microphone(MicrophoneSection(source="wav", wav_file=path)))


def test_without_one_there_is_nothing_to_check() -> None:
    assert asyncio.run(check_microphone(MicrophoneSection())) is None


@pytest.mark.parametrize(("level", "status"), [(0, Status.WARNING), (900, Status.OK)])
def test_one_that_hears_nothing_at_all_is_a_warning(tmp_path: Path, level: int, status: Status) -> None:
    path = tmp_path / "heard.wav"
    path.write_bytes(riff.header(RATE, RATE) + np.full(RATE, level, "<i2").tobytes())
    found = examined(path)
    assert found is not None
    assert found.status is status
    assert ("alsamixer" in found.advice) is (status is Status.WARNING)


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MicrophoneError):
        examined(tmp_path / "none.wav")
