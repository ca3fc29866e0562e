"""Microphones: what arecord records, what a file holds, and what goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earsight.listening.arecord import ArecordMicrophone
from earsight.listening.microphone import FRAME_BYTES, RATE, Microphone, MicrophoneError
from earsight.listening.wav_microphone import WavMicrophone
from earsight.system import time_limits
from earsight.voice import riff

Fake = Callable[[str], None]


@pytest.fixture
def fake_arecord(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    def install(code: str) -> None:
        program = tmp_path / "arecord"
        program.write_text(f"#!{sys.executable}\nimport sys, time\n{code}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return install


async def frames(microphone: Microphone, count: int) -> list[bytes]:
    async with contextlib.aclosing(microphone.record()) as recorded:
        return [await anext(recorded) for _ in range(count)]


def test_arecord_is_asked_for_what_the_recogniser_takes(fake_arecord: Fake, tmp_path: Path) -> None:
    fake_arecord(
        f"open({str(tmp_path / 'argv')!r}, 'w').write(' '.join(sys.argv[1:]))\n"
        f"while True: sys.stdout.buffer.write(b'ab' * {FRAME_BYTES // 2})"
    )
    found = asyncio.run(frames(ArecordMicrophone("plughw:CARD=Mic"), 3))
    assert found == [b"ab" * (FRAME_BYTES // 2)] * 3
    assert (tmp_path / "argv").read_text() == "-q -D plughw:CARD=Mic -t raw -f S16_LE -c 1 -r 16000"


def test_what_nobody_reads_does_not_keep_it_from_ending(fake_arecord: Fake) -> None:
    async def trial() -> None:
        async with asyncio.timeout(60), contextlib.aclosing(ArecordMicrophone().record()) as recorded:
            await anext(recorded)
            await asyncio.sleep(0.2)  # far more has come by then than asyncio keeps

    fake_arecord("while True: sys.stdout.buffer.write(bytes(65536))")
    asyncio.run(trial())


@pytest.mark.parametrize(
    ("complaint", "said"),
    [
        ("arecord: main:831: audio open error: Device or resource busy", "another program holds it"),
        ("arecord: main:831: audio open error: No such file or directory", "microphone.device"),
        ("", "no message"),
    ],
)
def test_a_microphone_that_is_not_there_or_busy(fake_arecord: Fake, complaint: str, said: str) -> None:
    fake_arecord(f"sys.exit({complaint!r})")
    with pytest.raises(MicrophoneError, match=said):
        asyncio.run(frames(ArecordMicrophone(), 1))


def test_a_microphone_that_is_unplugged(fake_arecord: Fake) -> None:
    fake_arecord(
        f"sys.stdout.buffer.write(bytes({2 * FRAME_BYTES + 100}))\n"
        "sys.exit('arecord: pcm_read:2221: read error: No such device')"
    )
    assert len(asyncio.run(frames(ArecordMicrophone(), 2))) == 2
    with pytest.raises(MicrophoneError, match="No such device"):
        asyncio.run(frames(ArecordMicrophone(), 3))


def test_a_microphone_that_hangs(fake_arecord: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limits, "MICROPHONE", 0.1)
    fake_arecord("time.sleep(3600)")
    with pytest.raises(MicrophoneError, match="hangs"):
        asyncio.run(frames(ArecordMicrophone(), 1))


def test_without_arecord(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MicrophoneError, match="alsa-utils"):
        asyncio.run(frames(ArecordMicrophone(), 1))


def wav(path: Path, samples: np.ndarray, rate: int) -> Path:
    path.write_bytes(riff.header(len(samples), rate) + samples.astype("<i2").tobytes())
    return path


def test_a_file_is_heard_from_its_beginning_and_then_silence(tmp_path: Path) -> None:
    samples = np.arange(700, dtype=np.int16)
    microphone = WavMicrophone(wav(tmp_path / "said.wav", samples, RATE), real_time=False)
    for _ in range(2):
        heard = np.frombuffer(b"".join(asyncio.run(frames(microphone, 3))), "<i2")
        assert np.array_equal(heard[:700], samples)
        assert not heard[700:].any()


def test_a_file_of_another_rate(tmp_path: Path) -> None:
    path = wav(tmp_path / "said.wav", np.full(2 * 960, 77, np.int16), 2 * RATE)
    assert asyncio.run(frames(WavMicrophone(path, real_time=False), 3))[:2] == [b"\x4d\x00" * 480] * 2


@pytest.mark.parametrize("content", [None, b"", b"RIFF", b"\x00" * 100])
def test_a_file_that_is_missing_or_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "said.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MicrophoneError, match=r"said\.wav"):
        asyncio.run(frames(WavMicrophone(path), 1))
