"""The sound card, through `aplay`: ALSA itself, or PulseAudio and PipeWire behind ALSA's "default"."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable

import numpy as np

from earsight.system import time_limits
from earsight.voice import child
from earsight.voice.sound import Sound, SoundDeviceError, VoiceError

BUFFER_SECONDS = 0.06
"""What may still sound after a cancelled play, at most; less than this stutters on a busy Raspberry Pi."""

_SNIFFED_BYTES = 64
"""aplay reads a file header's worth (24 bytes) before it sets up the device; periods are far longer."""


_ADVICE = (
    "connect a loudspeaker or headphones, set voice.device to a name from 'aplay -L', "
    "or set voice.player to wav"
)


class _ChannelsRefusedError(SoundDeviceError):
    """The device takes no sound with so many channels."""


class AlsaPlayer:
    """One aplay for each sound, killed to stop it."""

    def __init__(self, device: str = "default") -> None:
        """Args:
        device: A name from `aplay -L`.
        """
        self._device = device
        buffer = round(BUFFER_SECONDS * 1e6)
        self._plays_stereo = True
        self._argv = ["aplay", "-q", "-D", device, "-t", "raw", "-f", "S16_LE"]
        self._argv += [f"--buffer-time={buffer}", f"--period-time={buffer // 4}"]

    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        """Play to the end. Cancelling kills aplay, and the card falls silent within BUFFER_SECONDS.

        A card without a second channel, opened as hw:..., plays stereo sounds as mono ones.

        Args:
            sound: What to play.
            started: Called when aplay has opened and set up the device and has taken the first period of
                samples to write it there, which is seen within 2 ms. What a sound server and a Bluetooth
                link add after that (up to 0.3 s) can't be seen from here.

        Raises:
            VoiceError: aplay is missing, or the device is missing, busy, hangs or goes away.
        """
        if sound.channels == 1 or not self._plays_stereo:
            return await self._play(sound.mono(), started)
        try:
            await self._play(sound, started)
        except _ChannelsRefusedError:
            self._plays_stereo = False
            await self._play(sound.mono(), started)

    async def _play(self, sound: Sound, started: Callable[[float], None]) -> None:
        data = np.ascontiguousarray(sound.samples, dtype="<i2").tobytes()
        argv = [*self._argv, "-c", str(sound.channels), "-r", str(sound.rate)]
        with child.memory_file(data) as stdin, child.memory_file() as output:
            try:
                async with child.running(argv, stdin=stdin, stdout=output, stderr=output) as aplay:
                    if await _first_period_taken(aplay, stdin, min(len(data), _SNIFFED_BYTES)):
                        started(time.monotonic())
                    async with asyncio.timeout(sound.seconds + time_limits.ALSA_DRAINING):
                        status = await aplay.wait()
            except child.ProgramMissingError as error:
                raise SoundDeviceError(
                    "aplay is not installed: run 'sudo apt install alsa-utils', "
                    "or choose another player with the key voice.player"
                ) from error
            except TimeoutError:
                raise SoundDeviceError(f"the sound device {self._device!r} hangs: {_ADVICE}") from None
            finally:
                complaint = child.last_line(child.read_all(output))
            if status != 0:
                raise self._failure(complaint)

    async def close(self) -> None:
        """Nothing to do: the device is held only while a sound plays."""

    def _failure(self, complaint: str) -> VoiceError:
        if "busy" in complaint:
            advice = "another program holds it: end that, or use a sound server"
        else:
            advice = _ADVICE
        reason = complaint.rpartition(": ")[2] or "no message"
        error = _ChannelsRefusedError if "Channels count" in complaint else SoundDeviceError
        return error(f"the sound device {self._device!r} does not play ({reason}): {advice}")


async def _first_period_taken(aplay: asyncio.subprocess.Process, stdin: int, enough: int) -> bool:
    """Wait until aplay has read `enough` bytes (True) or has ended (False). Raises TimeoutError."""
    # aplay shares our file position, which tells how far it has read.
    async with asyncio.timeout(time_limits.ALSA_OPENING):
        while os.lseek(stdin, 0, os.SEEK_CUR) < enough:
            if aplay.returncode is not None:
                return False
            await asyncio.sleep(time_limits.ALSA_POLL)
    return True


async def check_device(device: str = "default", limit: float = time_limits.ALSA_OPENING) -> None:
    """Play 50 ms of silence: nothing else tells a card from a sound server that is up without one.

    Args:
        device: A name from `aplay -L`.
        limit: Seconds that it may take.

    Raises:
        VoiceError: aplay is missing, there is no card, or the device is busy or takes too long.
    """
    silence = Sound(np.zeros(1102, np.int16), 22050)
    try:
        async with asyncio.timeout(limit):
            await AlsaPlayer(device).play(silence, lambda _: None)
    except TimeoutError:
        raise SoundDeviceError(
            f"the sound device {device!r} did not answer within {limit:g} s: {_ADVICE}"
        ) from None
