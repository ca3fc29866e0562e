"""WAV files in memory, as speech engines and the WAV player write them: 16-bit."""

from __future__ import annotations

import struct

import numpy as np

from earsight.voice.sound import Sound, VoiceError

HEADER_BYTES = 44
MAX_SAMPLES = (2**32 - 1 - (HEADER_BYTES - 8)) // 2
"""What the format's 32-bit lengths can hold: 27 hours at 22050 Hz."""

_PCM = 1
_EXTENSIBLE = 0xFFFE


def header(samples: int, rate: int, channels: int = 1) -> bytes:
    """The 44 bytes before 16-bit samples.

    Args:
        samples: How many there are, of all channels together; at most MAX_SAMPLES.
        rate: Samples per second.
        channels: 1 or 2.
    """
    size, block = 2 * samples, 2 * channels
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", HEADER_BYTES - 8 + size, b"WAVE"),
        *(b"fmt ", 16, _PCM, channels, rate, block * rate, block, 16),
        *(b"data", size),
    )


def channels_of(header: bytes) -> int:
    """The channels of a file that begins with header()."""
    return int.from_bytes(header[22:24], "little")


def parse(data: bytes) -> Sound:
    """Read the sound of a WAV file.

    The length in the header is only an upper bound: a program that writes to a stream (espeak-ng --stdout)
    can't know it, and writes about 2 GiB.

    Raises:
        VoiceError: It is no WAV file, or not 16-bit mono.
    """
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise VoiceError(f"not a WAV file: it begins with {data[:12]!r}")
    rate = 0
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        body = at + 8
        if name == b"fmt " and size >= 16 and body + 16 <= len(data):
            rate = _rate(data, body)
        elif name == b"data":
            if not rate:
                raise VoiceError("the WAV file has samples before their format")
            count = min(size, len(data) - body) // 2
            samples = np.frombuffer(data, dtype="<i2", count=count, offset=body)
            return Sound(samples.astype(np.int16), rate)
        at = body + size + size % 2  # chunks begin at even offsets
    raise VoiceError("the WAV file holds no samples")


def _rate(data: bytes, at: int) -> int:
    encoding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at)
    if encoding not in (_PCM, _EXTENSIBLE) or channels != 1 or bits != 16 or not rate:
        raise VoiceError(
            f"the WAV file is not 16-bit mono: encoding {encoding}, {channels} channels, "
            f"{bits} bits, {rate} samples per second"
        )
    return int(rate)
