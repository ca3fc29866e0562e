import asyncio
import multiprocessing
import os
import resource
import signal
import tempfile
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.voice.sound import Sound, VoiceError
from earsight.voice.wav import RATE, WavPlayer, resample


def tone(seconds, rate=RATE):
    return Sound((8000 * np.sin(np.arange(int(seconds * rate)) / 8)).astype(np.int16), rate)


def recorded(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def ignore(_):
    pass


def test_all_that_is_played_in_one_file(tmp_path):
    path = tmp_path / "out.wav"
    first, second = tone(0.35), tone(0.1)

    async def scenario():
        player = WavPlayer(path, real_time=False)
        assert len(recorded(path)) == 0
        await player.play(first, ignore)
        assert np.array_equal(recorded(path), first.samples)
        await player.play(second, ignore)
        await player.close()

    asyncio.run(scenario())
    assert np.array_equal(recorded(path), np.concatenate([first.samples, second.samples]))


def test_a_cancelled_play_leaves_a_shorter_valid_file_and_the_next_follows_it(tmp_path):
    path = tmp_path / "out.wav"
    sound = tone(20)

    async def scenario():
        player = WavPlayer(path)
        begun = asyncio.Event()
        task = asyncio.create_task(player.play(sound, lambda _: begun.set()))
        await begun.wait()
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        heard = recorded(path)
        assert 0 < len(heard) < 10 * RATE
        assert np.array_equal(heard, sound.samples[: len(heard)])
        await player.play(tone(0.05), ignore)
        assert len(recorded(path)) == len(heard) + len(tone(0.05).samples)
        await player.close()

    asyncio.run(scenario())


def test_real_time_takes_as_long_as_the_sound_and_starts_before_its_first_block(tmp_path):
    async def scenario():
        player = WavPlayer(tmp_path / "out.wav")
        loop = asyncio.get_running_loop()
        starts = []
        before = loop.time()
        await player.play(tone(0.3), starts.append)
        assert loop.time() - before >= 0.29
        assert len(starts) == 1
        assert before <= starts[0] < before + 0.2
        await player.close()

    asyncio.run(scenario())


def test_an_unwritable_path_is_named(tmp_path):
    path = tmp_path / "no such folder" / "out.wav"
    with pytest.raises(VoiceError, match=r"no such folder.*No such file"):
        WavPlayer(path)


def test_a_full_disk_is_an_error_each_time_and_leaves_a_valid_file(tmp_path):
    path = tmp_path / "out.wav"
    room = 44 + 2 * 3000
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    async def scenario():
        player = WavPlayer(path, real_time=False)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            for _ in range(2):
                with pytest.raises(VoiceError, match=r"out\.wav"):
                    await player.play(tone(1), ignore)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        held = len(recorded(path))
        assert 2000 < held <= 3000
        await player.play(tone(0.1), ignore)
        assert np.array_equal(recorded(path)[held:], tone(0.1).samples)
        await player.close()

    try:
        asyncio.run(scenario())
    finally:
        signal.signal(signal.SIGXFSZ, handler)


def test_after_close_nothing_is_written(tmp_path):
    async def scenario():
        player = WavPlayer(tmp_path / "out.wav")
        await player.close()
        await player.close()
        with pytest.raises(VoiceError, match="closed"):
            await player.play(tone(0.1), ignore)

    asyncio.run(scenario())


def play(path, *sounds):
    async def scenario():
        player = WavPlayer(path, real_time=False)
        for sound in sounds:
            await player.play(sound, ignore)
        await player.close()

    asyncio.run(scenario())


def test_a_later_player_of_the_same_process_goes_on_with_the_recording(tmp_path, monkeypatch):
    """As after new settings, and whatever the path looks like."""
    (tmp_path / "folder").mkdir()
    play(tmp_path / "out.wav", tone(0.1))
    play(tmp_path / "folder" / ".." / "out.wav", tone(0.2))
    monkeypatch.chdir(tmp_path)
    play(Path("out.wav"), tone(0.3))
    assert len(recorded(tmp_path / "out.wav")) == len(tone(0.1).samples) + len(tone(0.2).samples) + len(
        tone(0.3).samples
    )


def test_two_players_of_one_file_take_turns(tmp_path):
    path = tmp_path / "out.wav"

    async def scenario():
        old, new = WavPlayer(path, real_time=False), WavPlayer(path, real_time=False)
        for player, seconds in ((old, 0.1), (new, 0.2), (old, 0.3)):
            await player.play(tone(seconds), ignore)

    asyncio.run(scenario())
    assert len(recorded(path)) == len(tone(0.6).samples)


def test_a_new_process_begins_the_recording_anew(tmp_path):
    path = tmp_path / "out.wav"
    path.write_bytes(b"an older recording" * 1000)
    play(path, tone(0.1))
    assert np.array_equal(recorded(path), tone(0.1).samples)
    process = multiprocessing.get_context("spawn").Process(target=play, args=(path, tone(0.2)))
    process.start()
    process.join(30)
    assert np.array_equal(recorded(path), tone(0.2).samples)


@pytest.mark.parametrize("gone", ["deleted", "emptied", "replaced"])
def test_a_recording_that_was_taken_away_is_begun_again(tmp_path, gone):
    path = tmp_path / "out.wav"

    async def scenario():
        player = WavPlayer(path, real_time=False)
        await player.play(tone(0.3), ignore)
        if gone == "deleted":
            path.unlink()
        elif gone == "emptied":
            path.write_bytes(b"")
        else:
            (tmp_path / "other").write_bytes(b"no WAV file")
            (tmp_path / "other").rename(path)
        await player.play(tone(0.1), ignore)
        await player.play(tone(0.1), ignore)
        await player.close()

    asyncio.run(scenario())
    assert len(recorded(path)) == 2 * len(tone(0.1).samples)


def records_as(user, path, status):
    """As a process of another user: 0 is written, 1 refused."""
    os.setuid(user)
    try:
        player = WavPlayer(path, real_time=False)
        asyncio.run(player.play(tone(0.1), ignore))
    except VoiceError:
        status.value = 1
    else:
        status.value = 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize(("folder_of", "refused"), [(54321, 0), (0, 1)])
def test_a_recording_that_root_has_left_is_begun_anew_in_ones_own_folder(folder_of, refused):
    with tempfile.TemporaryDirectory(prefix="earsight-") as folder:
        os.chown(folder, folder_of, folder_of)
        Path(folder).chmod(0o755)
        path = Path(folder) / "earsight.wav"
        asyncio.run(WavPlayer(path, real_time=False).play(tone(0.5), ignore))
        forking = multiprocessing.get_context("fork")
        status = forking.Value("i", -1)
        process = forking.Process(target=records_as, args=(54321, path, status))
        process.start()
        process.join(60)
        assert status.value == refused
        assert path.stat().st_uid == folder_of
        assert len(recorded(path)) == len(tone(0.5 if refused else 0.1).samples)


@given(st.sampled_from([8000, 16000, 22050, 44100, 48000]), st.integers(0, 500))
def test_resampling_keeps_length_and_level(rate, count):
    samples = resample(Sound(np.full(count, 1234, np.int16), rate), RATE)
    assert samples.dtype == np.int16
    assert abs(len(samples) / RATE - count / rate) <= 1 / RATE
    assert np.all(samples == 1234)


def test_a_resampled_tone_keeps_its_pitch():
    tone_16k = Sound((8000 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)).astype(np.int16), 16000)
    spectrum = np.abs(np.fft.rfft(resample(tone_16k, RATE)))
    assert np.argmax(spectrum) == 440


def test_a_recording_becomes_stereo_at_the_first_stereo_sound(tmp_path):
    path = tmp_path / "out.wav"
    left = tone(0.1, 11025).samples
    both = Sound(np.stack([left, -left], axis=1), 11025)

    async def scenario():
        player = WavPlayer(path, real_time=False)
        for sound in (tone(1.3), both, tone(0.1)):
            await player.play(sound, ignore)
        await WavPlayer(path, real_time=False).play(both, ignore)

    asyncio.run(scenario())
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    first, doubled = tone(1.3).samples, resample(both, RATE)
    assert doubled.shape == (2 * len(left), 2)
    assert np.array_equal(doubled[:, 0], resample(Sound(left, 11025), RATE))
    middle = Sound(np.concatenate([first, tone(0.1).samples]), RATE).stereo().samples
    parts = [middle[: len(first)], doubled, middle[len(first) :], doubled]
    assert np.array_equal(samples, np.concatenate(parts))
    assert list(tmp_path.iterdir()) == [path]
