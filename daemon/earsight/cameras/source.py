"""The contract of a source of pictures, and its errors. Camera runs any source in a thread."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from earsight.errors import EarsightError
from earsight.message import message


class CameraError(EarsightError):
    """The camera can't be opened or has stopped giving pictures."""

    spoken = message("error.camera")


class CameraAbsentError(CameraError):
    """No camera is connected, or not the one that the settings name."""

    spoken = message("error.camera_absent")


class CameraInUseError(CameraError):
    """Another program has the camera."""

    spoken = message("error.camera_in_use")


class CameraDeniedError(CameraError):
    """The user may not use the camera."""

    spoken = message("error.camera_denied")


class CameraSoftwareError(CameraError):
    """A library that the camera needs is missing."""

    spoken = message("error.camera_software")


class StaleFrame(CameraError):  # noqa: N818 - the name says what the wearer is told
    """The newest picture is too old to be described as what is in front of the wearer."""

    spoken = message("error.stale_frame")


class BlackPictures(CameraError):  # noqa: N818 - the name says what the wearer is told
    """The camera works, but there is no light in its pictures: a cap, a dark room, or a broken sensor."""

    spoken = message("error.black_frame")


def unexpected(error: Exception) -> CameraError:
    """Turn an error that a driver or a library should not raise into one that says the camera is lost."""
    return CameraError(f"The camera failed: {type(error).__name__}: {' '.join(str(error).split())}")


class FrameSource(Protocol):
    """A device or a fake. All calls come from one thread; after an error it is closed and opened again."""

    def open(self) -> None:
        """Get the device ready to be read.

        Raises:
            CameraError: It can't be; the message says what to do about it.
        """

    def read(self) -> np.ndarray:
        """Wait for the next picture.

        Returns:
            uint8 (height, width, 3), RGB.

        Raises:
            CameraError: There is none.
        """

    def close(self) -> None:
        """Give the device back. May be called at any time, also after open() failed, and twice."""


@runtime_checkable
class StillSource(FrameSource, Protocol):
    """A source that can give larger pictures than it usually does, for reading text."""

    def still(self) -> np.ndarray | None:
        """Wait for a picture that is taken after the call, in the largest size that is worth reading.

        Switching a camera takes time, so it keeps that size for a while: for time_limits.STILL_KEPT after the
        last call, read() may give such pictures too.

        Returns:
            uint8 (height, width, 3), RGB; None where the device has no larger pictures than read() gives.

        Raises:
            CameraError: There is none.
        """
