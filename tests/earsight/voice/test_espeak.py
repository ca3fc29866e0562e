import asyncio
import shutil

import numpy as np
import pytest

from earsight.voice.espeak import EspeakSynthesizer
from earsight.voice.sound import VoiceError

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: sudo apt install espeak-ng"
)


def synthesize(text, rate=175, **settings):
    return asyncio.run(EspeakSynthesizer(**settings).synthesize(text, rate))


def fake_espeak(tmp_path, monkeypatch, script):
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


@needs_espeak
def test_speech_is_loud_enough_does_not_clip_and_begins_and_ends_promptly():
    sound = synthesize("A man in a red shirt stands in front of a house.")
    loud = np.flatnonzero(np.abs(sound.samples.astype(int)) > 300)
    assert sound.rate == 22050
    assert 1.5 < sound.seconds < 6
    assert 5000 < np.abs(sound.samples.astype(int)).max() < 32767
    assert loud[0] / sound.rate < 0.05
    assert (len(sound.samples) - loud[-1]) / sound.rate < 0.1


@needs_espeak
def test_the_whole_text_is_spoken_whatever_it_looks_like():
    plain = synthesize("one two three four").seconds
    assert synthesize("one two\nthree\0four").seconds > 0.8 * plain
    assert synthesize("--help -v en --version").seconds > 0.5
    assert synthesize("Ein Mädchen läuft", voice="de").seconds > 0.5
    assert synthesize("[[wVn]]").seconds > 2 * synthesize("one").seconds, "taken for phoneme codes"


@needs_espeak
def test_a_higher_rate_is_faster():
    assert synthesize("one two three four", rate=350).seconds < synthesize("one two three four").seconds


@needs_espeak
def test_an_unknown_voice_is_named():
    with pytest.raises(VoiceError, match=r"'klingonese'.*voice\.language"):
        synthesize("hello", voice="klingonese")


@needs_espeak
def test_what_can_not_be_heard_is_an_error():
    with pytest.raises(VoiceError, match="no sound"):
        synthesize("...")


def test_an_unknown_voice_is_noticed_when_the_exit_status_hides_it(tmp_path, monkeypatch):
    fake_espeak(tmp_path, monkeypatch, 'echo "Error: The specified espeak-ng voice does not exist." >&2')
    with pytest.raises(VoiceError, match="'xx'"):
        synthesize("hello", voice="xx")


@pytest.mark.parametrize("script", ["exit 0", "echo broken >&2; exit 1", "echo no WAV file"])
def test_an_engine_that_gives_no_sound(tmp_path, monkeypatch, script):
    fake_espeak(tmp_path, monkeypatch, script)
    with pytest.raises(VoiceError):
        synthesize("hello")


def test_a_missing_engine_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(VoiceError, match=r"apt install espeak-ng.*voice\.engine"):
        synthesize("hello")
