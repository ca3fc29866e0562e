"""The file that `captioner.calibration` names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earsight.captioners.calibration_file import read_calibrations
from earsight.errors import CaptionerError
from earsight_bundle.manifest import Calibration
from earsight_bundle.profile import CalibrationProfile, profile_text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    known = {"en": Calibration(bias=1.0, weights={})}
    path = tmp_path / "calibration.json"
    path.write_text(profile_text(CalibrationProfile(calibrated_as="openai tiny 1", calibrations=known)))
    return path


def test_it_is_of_one_captioner(file: Path) -> None:
    assert read_calibrations(file, "openai tiny 1")["en"].bias == 1.0
    with pytest.raises(CaptionerError, match=r"is of 'openai tiny 1', and the settings have 'openai la"):
        read_calibrations(file, "openai large 1")


def test_without_a_file_nothing_is_known() -> None:
    assert read_calibrations(None, "openai tiny 1") == {}


@pytest.mark.parametrize("kind", ["nothing", "pipe", "folder", "huge", "text"])
def test_anything_else_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind != "nothing":
        path.write_text("x" * (1_000_001 if kind == "huge" else 3))
    with pytest.raises(CaptionerError, match=r"calibrat"):
        read_calibrations(path, "openai tiny 1")
