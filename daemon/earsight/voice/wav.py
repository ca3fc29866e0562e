"""A WAV file instead of a loudspeaker: for machines without one, for recordings and for tests."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator
from io import RawIOBase
from pathlib import Path

import numpy as np

from earsight.voice import riff
from earsight.voice.sound import Sound, VoiceError

RATE = 22050
"""Samples a second of every recording; other rates are resampled."""

_BLOCK = 441
"""Samples written at a time: 20 ms, as a sound card takes them."""


_begun: dict[Path, tuple[int, int]] = {}
"""The recordings that this process has begun, each with its device and inode. A voice that is replaced by
another with the same file leaves its recording to that."""


class WavPlayer:
    """Appends all that is played to one WAV file, without the silence between.

    The first of a process begins the file anew; later ones go on with it. A file that was deleted is begun
    again by the next sound. The file on disk is a valid WAV file at any moment, also after a crash. It is
    mono, and becomes stereo at the first stereo sound.
    """

    def __init__(self, path: Path, real_time: bool = True) -> None:
        """Args:
        path: Of the recording.
        real_time: Whether to take as long as the sound lasts, so that a cancelled play leaves what a listener
            would have heard; otherwise as fast as the disk.

        Raises:
            VoiceError: The file can't be written.
        """
        self._path = path.absolute()  # whatever folder the process changes to
        self._real_time = real_time
        self._closed = False
        with self._opened():
            pass

    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        """Record to the end; cancelling ends the recording within 20 ms.

        started gets the moment before the first block is written. Raises VoiceError: full disk, file closed.
        """
        if self._closed:
            raise VoiceError(f"the recording {self._path} is closed")
        samples = resample(sound, RATE)
        if sound.channels == 2:
            self._become_stereo()
        with self._opened() as recording:
            begin = time.monotonic()
            started(begin)
            for at in range(0, len(samples), _BLOCK):
                if self._real_time:
                    await asyncio.sleep(begin + at / RATE - time.monotonic())
                recording.append(samples[at : at + _BLOCK])
            await asyncio.sleep(begin + len(samples) / RATE - time.monotonic() if self._real_time else 0)

    async def close(self) -> None:
        self._closed = True

    def _become_stereo(self) -> None:
        with self._opened() as recording:
            if recording.channels == 1:
                _widen(self._path.resolve())

    @contextlib.contextmanager
    def _opened(self) -> Iterator[_Recording]:
        try:
            with _open(self._path) as file:
                yield _Recording(file, self._path)
        except OSError as error:
            raise VoiceError(
                f"the recording {self._path} can't be written: {error.strerror or error}"
            ) from error


class _Recording:
    """An open WAV file, at its end."""

    def __init__(self, file: RawIOBase, path: Path) -> None:
        self._file = file
        self._path = path
        file.seek(0)
        self.channels = riff.channels_of(file.read(riff.HEADER_BYTES) or b"") or 1
        self._samples = max(0, file.seek(0, os.SEEK_END) - riff.HEADER_BYTES) // 2
        self._write(0, riff.header(self._samples, RATE, self.channels))

    def append(self, block: np.ndarray) -> None:
        """Raises OSError, and VoiceError for a file that holds all that the format can.

        Args:
            block: int16 (n,), or (n, 2) in a stereo file.
        """
        if block.ndim < self.channels:
            block = Sound(block, RATE).stereo().samples
        if self._samples + block.size > riff.MAX_SAMPLES:
            raise VoiceError(f"the recording {self._path} is full: a WAV file holds 27 hours, in stereo half")
        # The samples before the header that counts them: a reader never sees a count without samples.
        self._write(riff.HEADER_BYTES + 2 * self._samples, block.astype("<i2").tobytes())
        self._write(0, riff.header(self._samples + block.size, RATE, self.channels))
        self._samples += block.size

    def _write(self, at: int, data: bytes) -> None:
        self._file.seek(at)
        while data:  # a nearly full disk takes a part, and refuses the rest
            data = data[self._file.write(data) :]


def _open(path: Path) -> RawIOBase:
    """The recording that this process has begun, or a new one. Raises OSError."""
    key = path.resolve()
    with contextlib.suppress(FileNotFoundError, PermissionError):
        file = path.open("r+b", buffering=0)
        if _begun.get(key) == _identity(file):
            return file
        file.close()
    try:
        file = path.open("wb+", buffering=0)
    except PermissionError:
        if path.stat().st_uid == os.geteuid() or not path.is_file():
            raise
        # Another user's, as after a start with sudo. A recording is begun anew, and the folder may be ours.
        path.unlink()
        file = path.open("wb+", buffering=0)
    _begun[key] = _identity(file)
    return file


def _identity(file: RawIOBase) -> tuple[int, int]:
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino


def _widen(path: Path) -> None:
    """Put a stereo copy of a mono recording in its place. Raises OSError."""
    copy = path.with_name(f".{path.name}.stereo")
    with path.open("rb") as mono, copy.open("wb+", buffering=0) as stereo:
        mono.seek(riff.HEADER_BYTES)
        stereo.write(riff.header(0, RATE, 2))
        recording = _Recording(stereo, path)
        while block := mono.read(2 * RATE):
            recording.append(np.frombuffer(block[: len(block) // 2 * 2], "<i2"))
        copy.replace(path)
        _begun[path] = _identity(stereo)


def resample(sound: Sound, rate: int) -> np.ndarray:
    """The samples at another rate, int16, of the same shape: linear, which is good enough for speech in a
    recording."""
    if sound.rate == rate or not len(sound.samples):
        return sound.samples
    count = max(1, round(len(sound.samples) * rate / sound.rate))
    positions = np.arange(count) * (sound.rate / rate)
    times = np.arange(len(sound.samples))
    channels = [np.interp(positions, times, channel) for channel in sound.samples.reshape(len(times), -1).T]
    heard: np.ndarray = np.round(np.stack(channels, axis=1)).astype(np.int16)
    return heard.reshape(count, *sound.samples.shape[1:])
