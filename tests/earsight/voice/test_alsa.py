import asyncio
import shutil
import sys
import time

import numpy as np
import pytest

from earsight.voice.alsa import AlsaPlayer, check_device
from earsight.voice.sound import Sound, VoiceError

SOUND = Sound((8000 * np.sin(np.arange(22050) / 8)).astype(np.int16), 22050)
needs_aplay = pytest.mark.skipif(
    shutil.which("aplay") is None, reason="aplay is not installed: sudo apt install alsa-utils"
)

SLOW_APLAY = """
import pathlib, sys, time
time.sleep({opening})
heard = pathlib.Path({heard!r}).open("wb", buffering=0)
while block := sys.stdin.buffer.raw.read(882):
    heard.write(block)
    time.sleep(0.02)
"""


@pytest.fixture
def fake_aplay(tmp_path, monkeypatch):
    def install(code):
        program = tmp_path / "aplay"
        program.write_text(f"#!{sys.executable}\n{code}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return install


def play(player, sound=SOUND):
    starts = []
    asyncio.run(player.play(sound, starts.append))
    return starts


@needs_aplay
def test_alsas_null_device_takes_the_sound():
    before = time.monotonic()
    starts = play(AlsaPlayer("null"))
    assert len(starts) == 1
    assert before < starts[0] < time.monotonic()
    asyncio.run(check_device("null"))


@needs_aplay
def test_a_device_that_is_not_there_is_an_error_that_says_what_to_do():
    starts = []
    with pytest.raises(VoiceError, match=r"'no_such_device'.*voice\.device"):
        asyncio.run(AlsaPlayer("no_such_device").play(SOUND, starts.append))
    assert starts == []
    with pytest.raises(VoiceError):
        asyncio.run(check_device("no_such_device"))


def test_all_samples_reach_aplay_with_their_rate(fake_aplay, tmp_path):
    fake_aplay(
        "import pathlib, sys\n"
        f"pathlib.Path({str(tmp_path / 'heard')!r}).write_bytes(sys.stdin.buffer.read())\n"
        f"pathlib.Path({str(tmp_path / 'argv')!r}).write_text(' '.join(sys.argv))\n"
    )
    play(AlsaPlayer("plug:front"), Sound(SOUND.samples, 16000))
    assert np.array_equal(np.frombuffer((tmp_path / "heard").read_bytes(), "<i2"), SOUND.samples)
    assert "-D plug:front -t raw -f S16_LE " in (tmp_path / "argv").read_text()
    assert (tmp_path / "argv").read_text().endswith("-c 1 -r 16000")


def test_started_waits_for_the_device_to_open_and_cancelling_stops_the_sound(fake_aplay, tmp_path):
    fake_aplay(SLOW_APLAY.format(opening=0.3, heard=str(tmp_path / "heard")))

    async def scenario():
        before = time.monotonic()
        started = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(AlsaPlayer().play(SOUND, started.set_result))
        assert await started - before >= 0.3
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        heard = (tmp_path / "heard").read_bytes()
        assert len(heard) < 2 * len(SOUND.samples)
        await asyncio.sleep(0.1)
        assert (tmp_path / "heard").read_bytes() == heard, "it went on after the cancellation"

    asyncio.run(scenario())


def test_a_loudspeaker_that_goes_away_is_an_error(fake_aplay):
    fake_aplay(
        "import sys\n"
        "sys.stdin.buffer.raw.read(8820)\n"
        "sys.exit('aplay: pcm_write:2127: write error: No such device')\n"
    )
    with pytest.raises(VoiceError, match=r"No such device.*connect"):
        play(AlsaPlayer())


def test_a_busy_device_is_called_so(fake_aplay):
    fake_aplay("import sys\nsys.exit('aplay: main:831: audio open error: Device or resource busy')")
    with pytest.raises(VoiceError, match="another program"):
        play(AlsaPlayer())


def test_a_device_that_hangs_while_opening_is_not_present(fake_aplay):
    fake_aplay("import time\ntime.sleep(60)")
    with pytest.raises(VoiceError, match=r"not answer within 0\.5 s"):
        asyncio.run(check_device(limit=0.5))


def test_a_missing_aplay_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError, match=r"apt install alsa-utils.*voice\.player"):
        play(AlsaPlayer())


STEREO = Sound(np.stack([SOUND.samples, SOUND.samples // 2], axis=1), 22050)


def test_a_stereo_sound_reaches_aplay_channel_by_channel(fake_aplay, tmp_path):
    fake_aplay(
        "import pathlib, sys\n"
        f"pathlib.Path({str(tmp_path / 'heard')!r}).write_bytes(sys.stdin.buffer.read())\n"
        "sys.exit('-c 2' not in ' '.join(sys.argv))\n"
    )
    play(AlsaPlayer(), STEREO)
    assert np.array_equal(
        np.frombuffer((tmp_path / "heard").read_bytes(), "<i2").reshape(-1, 2), STEREO.samples
    )


def test_a_card_for_one_ear_gets_the_mean_of_both(fake_aplay, tmp_path):
    fake_aplay(
        "import pathlib, sys\n"
        f"with pathlib.Path({str(tmp_path / 'tries')!r}).open('a') as tries: tries.write('x')\n"
        "if '-c 2' in ' '.join(sys.argv): sys.exit('aplay: set_params:1387: Channels count non available')\n"
        f"pathlib.Path({str(tmp_path / 'heard')!r}).write_bytes(sys.stdin.buffer.read())\n"
    )
    player = AlsaPlayer("hw:0")
    for tries in ("xx", "xxx"):
        assert len(play(player, STEREO)) == 1
        assert (tmp_path / "tries").read_text() == tries
    assert np.array_equal(np.frombuffer((tmp_path / "heard").read_bytes(), "<i2"), STEREO.mono().samples)
