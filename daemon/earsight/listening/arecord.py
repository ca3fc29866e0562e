"""The sound card's microphone, through `arecord`: ALSA itself, or the sound server behind its "default"."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator

from earsight.listening.microphone import FRAME_BYTES, RATE, MicrophoneError
from earsight.system import time_limits
from earsight.voice import child
from earsight.voice.sound import VoiceError

_ADVICE = "connect a microphone, or set microphone.device to a name from 'arecord -L'"


class ArecordMicrophone:
    """One arecord for each recording, which writes into a pipe and is killed to end it."""

    def __init__(self, device: str = "default") -> None:
        """Args:
        device: A name from `arecord -L`.
        """
        self._device = device
        self._argv = ["arecord", "-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE)]

    async def record(self) -> AsyncGenerator[bytes]:
        """See Microphone. A device that hangs is given up after time_limits.MICROPHONE."""
        with child.memory_file() as errors:
            try:
                async with child.running(self._argv, stdin=DEVNULL, stdout=PIPE, stderr=errors) as arecord:
                    assert arecord.stdout is not None
                    while True:
                        async with asyncio.timeout(time_limits.MICROPHONE):
                            frame = await arecord.stdout.readexactly(FRAME_BYTES)
                        yield frame
            except child.ProgramMissingError as error:
                raise MicrophoneError(
                    "arecord is not installed: run 'sudo apt install alsa-utils'"
                ) from error
            except VoiceError as error:
                raise MicrophoneError(str(error)) from error
            except TimeoutError:
                raise MicrophoneError(f"the microphone {self._device!r} hangs: {_ADVICE}") from None
            except asyncio.IncompleteReadError:
                raise self._failure(child.last_line(child.read_all(errors))) from None

    def _failure(self, complaint: str) -> MicrophoneError:
        advice = "another program holds it: end that" if "busy" in complaint else _ADVICE
        reason = complaint.rpartition(": ")[2] or "no message"
        return MicrophoneError(f"the microphone {self._device!r} does not record ({reason}): {advice}")
