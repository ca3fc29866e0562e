"""The contract of a microphone: what it hears, while somebody listens. Nothing of it reaches a disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from earsight.errors import EarsightError
from earsight.message import message

RATE = 16000
"""Samples a second: that of the network that recognises it."""

FRAME_SAMPLES = 480
"""Samples of a frame: 30 ms, the longest that the detector of speech takes."""

FRAME_BYTES = 2 * FRAME_SAMPLES


class MicrophoneError(EarsightError):
    """The microphone can't be had, or has gone."""

    spoken = message("listen.microphone_broken")


class Microphone(Protocol):
    """Where voice commands are heard."""

    def record(self) -> AsyncGenerator[bytes]:
        """Record until the generator is closed, which gives the device back.

        Yields:
            Frames of FRAME_BYTES: 16-bit samples, little-endian, mono, RATE of them a second.

        Raises:
            MicrophoneError: The device is missing, busy or hangs, or goes away.
        """
