"""The calibration of a captioner that is no bundle."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight_bundle.manifest import Calibration
from earsight_bundle.profile import (
    CalibrationProfile,
    calibrated_confidence,
    profile_text,
    read_profile,
    uncalibrated_confidence,
)

SURE = Calibration(bias=0.0, weights={"mean_log_prob": 1.0}, words={"cat": 2.0})


def test_what_is_written_is_read() -> None:
    profile = CalibrationProfile(
        calibrated_as="openai tiny 1234", calibrations={"en": SURE}, metrics={"calibration-error en x": 0.02}
    )
    assert read_profile(profile_text(profile).encode()) == profile


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file"),
        (b"{}", "calibrated_as"),
        (b'{"calibrated_as": "x", "calibrations": {"en": {"bias": NaN, "weights": {}}}}', "the file|bias"),
        (b'{"calibrated_as": "x", "calibrations": {"en": {"bias": 0, "weights": {"luck": 1}}}}', "luck"),
        (b'{"schema_version": 2, "calibrated_as": "x", "calibrations": {}}', "schema_version"),
        (b"\xff\xfe", "the file"),
    ],
)
def test_what_is_wrong_is_named(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        read_profile(content)
    assert "\n" not in str(refused.value)


@given(st.binary(max_size=200))
def test_anything_else_is_refused_in_the_same_way(content: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_profile(content)


def test_confidence_needs_all_that_it_goes_by() -> None:
    assert calibrated_confidence(SURE, "a cat", {"mean_log_prob": -2.0}) == pytest.approx(0.5)
    assert calibrated_confidence(SURE, "a cat", {"support": 1.0}) is None
    assert calibrated_confidence(None, "a cat", {"mean_log_prob": -2.0}) is None
    assert uncalibrated_confidence() == pytest.approx(0.3)
