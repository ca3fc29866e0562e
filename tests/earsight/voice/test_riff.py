import contextlib
import io
import struct
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.voice import riff
from earsight.voice.sound import VoiceError

SAMPLES = st.lists(st.integers(-32768, 32767), max_size=50).map(lambda s: np.array(s, np.int16))


def wav(samples, rate=22050, channels=1, width=2):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


@given(SAMPLES, st.sampled_from([8000, 16000, 22050, 48000]))
def test_what_the_wave_module_writes_is_read_back(samples, rate):
    sound = riff.parse(wav(samples, rate))
    assert sound.rate == rate
    assert sound.samples.dtype == np.int16
    assert np.array_equal(sound.samples, samples)


@given(SAMPLES)
def test_our_header_is_what_the_wave_module_writes(samples):
    assert riff.header(len(samples), 22050) + samples.tobytes() == wav(samples)


def test_a_streamed_header_with_a_length_that_is_too_long():
    data = bytearray(wav(np.arange(100, dtype=np.int16)))
    struct.pack_into("<I", data, 4, 0x7FFFF024)
    struct.pack_into("<I", data, 40, 0x7FFFF000)
    assert np.array_equal(riff.parse(bytes(data)).samples, np.arange(100))


def test_chunks_before_the_samples_are_passed_over():
    data = wav(np.arange(4, dtype=np.int16))
    extra = data[:36] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + data[36:]
    assert np.array_equal(riff.parse(extra).samples, np.arange(4))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3",
        wav(np.zeros(4, np.int16), channels=2),
        wav(np.zeros(4, np.uint8), width=1),
        wav(np.zeros(0))[:36],
    ],
)
def test_what_is_no_16_bit_mono_wav_is_refused(data):
    with pytest.raises(VoiceError):
        riff.parse(data)


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda tail: b"RIFF\0\0\0\0WAVEfmt " + tail))
def test_garbage_is_refused_or_read_but_never_crashes(data):
    with contextlib.suppress(VoiceError):
        riff.parse(data)
