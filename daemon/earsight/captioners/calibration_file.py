"""The file that `earsight-train calibrate` writes for a captioner that is no bundle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from earsight.errors import CaptionerError
from earsight_bundle.manifest import Calibration
from earsight_bundle.profile import MAX_PROFILE_BYTES, read_profile


def read_calibrations(path: Path | None, calibrated_as: str) -> Mapping[str, Calibration]:
    """Read what is known of a captioner.

    Args:
        path: The file; None: nothing is known.
        calibrated_as: Which captioner it has to be of.

    Returns:
        Calibrations by the code of the language.

    Raises:
        CaptionerError: The file can't be read, or is of another captioner: its numbers mean nothing here.
    """
    if path is None:
        return {}
    try:
        if not path.is_file():  # reading a pipe might never end
            raise CaptionerError(f"{path}: there is no such file; run earsight-train calibrate")
        with path.open("rb") as file:
            content = file.read(MAX_PROFILE_BYTES + 1)
        if len(content) > MAX_PROFILE_BYTES:
            raise CaptionerError(f"{path}: larger than a calibration can be; calibrate again")
        profile = read_profile(content)
    except OSError as error:
        raise CaptionerError(f"{path}: can't be read: {error.strerror}") from error
    except ValueError as error:
        raise CaptionerError(f"{path}: {error}; run earsight-train calibrate again") from error
    if profile.calibrated_as != calibrated_as:
        raise CaptionerError(
            f"{path}: is of {profile.calibrated_as!r}, and the settings have {calibrated_as!r}; "
            "run earsight-train calibrate with these settings"
        )
    return profile.calibrations
