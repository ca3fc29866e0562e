"""The calibration of a captioner that is no bundle: how far its captions are to be believed.

docs/bundle.md describes the file. Training writes it, and the daemon reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from earsight_bundle.confidence import UNCALIBRATED, confidence, log_odds
from earsight_bundle.manifest import Calibration, LanguageCode

PROFILE_VERSION: Final = 1
MAX_PROFILE_BYTES = 1_000_000


class CalibrationProfile(BaseModel):
    """What one captioner's confidence is computed by. Unknown keys are ignored.

    Attributes:
        schema_version: Of this contract.
        calibrated_as: Which captioner it is of, asked in which way: as the daemon names it.
        calibrations: By the code of the language of the captions.
        metrics: What was measured, by name, for people.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    schema_version: Literal[1] = PROFILE_VERSION
    calibrated_as: str = Field(max_length=1000)
    calibrations: dict[LanguageCode, Calibration]
    metrics: dict[str, float] = {}


def calibrated_confidence(
    calibration: Calibration | None, text: str, evidence: Mapping[str, float]
) -> float | None:
    """Compute the confidence in a caption.

    Args:
        calibration: Of the captioner, in the language of the caption; None: there is none.
        text: The caption.
        evidence: The features that are known, by name.

    Returns:
        0 to 1; None where nothing is known: there is no calibration, or a feature that it weighs is missing.
    """
    if calibration is None or not calibration.weights.keys() <= evidence.keys():
        return None
    return confidence(log_odds(calibration, text, evidence), evidence)


def uncalibrated_confidence() -> float:
    """Return the confidence in a caption of which nothing is known."""
    return confidence(log_odds(UNCALIBRATED, "", {}), {})


def profile_text(profile: CalibrationProfile) -> str:
    """Return a profile as JSON, for its file."""
    return f"{profile.model_dump_json(indent=1)}\n"


def read_profile(content: bytes) -> CalibrationProfile:
    """Read a profile's file.

    Raises:
        ValueError: It is none; the text says what is wrong, on one line.
    """
    try:
        return CalibrationProfile.model_validate_json(content)
    except ValueError as error:
        first: Any = error.errors()[0] if hasattr(error, "errors") else {"loc": (), "msg": str(error)}
        key = ".".join(part if part.isprintable() else "?" for part in map(str, first["loc"])) or "the file"
        raise ValueError(f"{key}: {first['msg']}") from error
