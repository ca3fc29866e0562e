"""The voice of hibari-tts: what is heard, and that it needs no network."""

import asyncio
import os
import sys

import numpy as np
import pytest

from earsight.voice.hibari import HibariSynthesizer
from earsight.voice.hibari_child import readable
from earsight.voice.sound import VoiceError
from tests.earsight.voice import engine_modules

SENTENCE = "A man in a red shirt stands in front of a house."


def speak(*texts, rates=(175,) * 9):
    async def run():
        voice = HibariSynthesizer("en")
        try:
            return [await voice.synthesize(text, rate) for text, rate in zip(texts, rates, strict=False)]
        finally:
            await voice.close()

    pytest.importorskip("hibari", reason="hibari-tts is not installed: pip install 'earsight[hibari]'")
    return asyncio.run(run())


def test_speech_is_as_loud_as_other_voices_does_not_clip_and_begins_at_once():
    for sound in speak(SENTENCE, "Yes.", "x² + y² = z²"):
        samples = np.abs(sound.samples / 32768)
        loud = np.flatnonzero(samples > 0.03)
        assert sound.rate == 24000
        assert 0.05 < np.sqrt(np.mean(samples**2)) < 0.15
        assert 0.2 < samples.max() <= 0.91
        assert loud[0] / sound.rate < 0.1
        assert (len(samples) - loud[-1]) / sound.rate < 0.2


def test_the_same_text_sounds_the_same_and_longer_texts_last_longer():
    short, long, again = speak("One.", "One, two, three, four.", "One.")
    assert np.array_equal(short.samples, again.samples)
    assert long.seconds > 2 * short.seconds


def test_a_higher_rate_is_faster():
    slow, normal, fast = speak(*[SENTENCE] * 3, rates=(90, 175, 350))
    assert slow.seconds > 1.5 * normal.seconds > 2 * fast.seconds


def test_numbers_long_texts_and_markup_are_read():
    number, digits, money, long, markup = speak(
        "1" * 40, "9" * 100, "1,000,000,000,000,000,000,000,000,000,000,000,000,000 dollars",
        "word " * 150, "[seven](/hˈɛɡi/) [[wVn]]",
    )  # fmt: skip
    assert number.seconds > 5
    assert digits.seconds > 15
    assert money.seconds > 5
    assert long.seconds > 20
    assert markup.seconds > 1


def test_what_it_has_no_sounds_for_is_an_error():
    with pytest.raises(VoiceError, match="no sound from 3 characters"):
        speak("日本語")


def test_it_works_without_a_network(tmp_path, monkeypatch):
    """Whatever asks for a connection ends the child."""
    pytest.importorskip("hibari")
    engine_modules.install(
        tmp_path,
        monkeypatch,
        "sitecustomize",
        "import os, sys\nsys.addaudithook(lambda event, _: event.startswith('socket.') and os._exit(7))\n",
    )
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path / "none"))
    speak(SENTENCE)


def test_it_speaks_english_only():
    with pytest.raises(VoiceError, match="English only"):
        HibariSynthesizer("id")


def test_without_its_package_it_is_said_what_to_install(tmp_path, monkeypatch):
    engine_modules.install(tmp_path, monkeypatch, "hibari", "raise ImportError('none')")

    async def run():
        voice = HibariSynthesizer("en")
        with pytest.raises(VoiceError, match=r"earsight\[hibari\].*voice\.engine"):
            await voice.synthesize("hello", 175)
        await voice.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12,345 people", "12,345 people"),
        ("1234567890123456", "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6"),
        ("a 9,999,999,999,999,999 b", "a " + "9 " * 16 + "b"),
    ],
)
def test_digits_of_long_numbers_are_read_one_by_one(text, read):
    assert readable(text) == read


def test_a_folder_with_a_file_of_a_library_s_name_does_no_harm(tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise SystemExit('not numpy')")
    monkeypatch.chdir(tmp_path)
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([*paths, *filter(None, sys.path)]))
    assert speak(SENTENCE)[0].seconds > 1
