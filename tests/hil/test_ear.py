"""The ear by itself, without a device: it must not hear what was not said."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.hil.ear import HEARD, HEARD_MOST, RATE, Recording, best_match, share_heard
from tests.hil.record import Scenario, load_all
from tests.hil.report import write_html, write_markdown

_RANDOM = np.random.default_rng(7)


def speech(seconds: float = 1.0) -> np.ndarray:
    """Something that is like no other call's."""
    return _RANDOM.normal(0, 3000, round(RATE * seconds)).astype(np.int16)


def recording_of(*parts: np.ndarray) -> np.ndarray:
    pause = np.zeros(RATE // 2, np.int16)
    return np.concatenate([pause, *(np.concatenate([part, pause]) for part in parts)])


def test_a_sound_is_found_where_it_is() -> None:
    first, second = speech(), speech()
    found = Recording(recording_of(first, second), began=10.0).find(second)
    assert found.correlation == pytest.approx(1.0, abs=1e-6)
    assert found.at == pytest.approx(10.0 + 0.5 + 1.0 + 0.5, abs=1e-3)


def test_another_sound_is_not_heard() -> None:
    assert best_match(recording_of(speech()), speech())[0] < 0.5


def test_half_a_sentence_is_not_heard() -> None:
    whole = speech()
    assert best_match(recording_of(whole[: RATE // 2]), whole)[0] < HEARD


def test_a_cut_first_syllable_is_noticed() -> None:
    whole = speech()
    syllable = whole[: RATE // 4]
    assert best_match(recording_of(whole[RATE // 4 :]), syllable)[0] < HEARD


def test_silence_is_nothing() -> None:
    assert best_match(np.zeros(RATE, np.int16), speech())[0] == pytest.approx(0.0, abs=1e-9)
    assert Recording(np.zeros(RATE, np.int16), 0.0).last_sound() is None


def test_quiet_noise_is_not_alike() -> None:
    """A floor under the energy: without it, next to silence looks like everything."""
    assert best_match(np.ones(RATE * 2, np.int16), speech())[0] < 0.1


def test_a_stutter_does_not_hide_a_sentence() -> None:
    whole, gap = speech(2.0), np.zeros(round(0.16 * RATE), np.int16)
    torn = recording_of(np.concatenate([whole[: RATE // 3], gap, whole[RATE // 3 :]]))
    found = Recording(torn, 0.0).hears(whole)
    assert found
    assert found.at == pytest.approx(0.5, abs=1e-3)


def test_a_lost_beginning_end_or_middle_does() -> None:
    whole = speech(2.0)
    for missing in (slice(0, RATE // 10), slice(-RATE // 10, None), slice(RATE, RATE + RATE // 5)):
        torn = whole.copy()
        torn[missing] = 0
        assert not Recording(recording_of(torn), 0.0).hears(whole)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")
@pytest.mark.parametrize("other", ["a bag", "the flag", "a flag there"])
def test_one_other_word_is_another_sentence(tmp_path: Path, other: str) -> None:
    first, second = (spoken(f"A woman stands before {what}.", tmp_path) for what in ("a flag", other))
    assert Recording(recording_of(first), 0.0).hears(first)
    assert not Recording(recording_of(second), 0.0).hears(first)
    assert not Recording(recording_of(first), 0.0).hears(second)


def spoken(text: str, folder: Path) -> np.ndarray:
    path = folder / "said.wav"
    subprocess.run(["espeak-ng", "-z", "-w", path, text], check=True)
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_a_clock_that_runs_fast_does_not_hide_a_sentence() -> None:
    whole = np.convolve(speech(2.0), np.hanning(20), "same").astype(np.int16)
    places = np.arange(0, len(whole), 1.002)
    fast = np.interp(places, np.arange(len(whole)), whole).astype(np.int16)
    heard = recording_of(fast)
    assert best_match(heard, whole)[0] < HEARD
    assert share_heard(heard, whole) > 0.9
    assert share_heard(heard[: len(heard) // 3], whole) < HEARD_MOST
    other = np.convolve(speech(2.0), np.hanning(20), "same").astype(np.int16)
    assert share_heard(heard, other) < 0.2


def test_the_report_names_failures_and_escapes_what_was_said(tmp_path: Path) -> None:
    failed = Scenario("a", "Unplugged <and> back", result="failed", message="<b>no</b>")
    failed.took("words", 1.25)
    failed.counted("presses", 3)
    failed.save(tmp_path / "a")
    page = write_html(tmp_path).read_text(encoding="utf-8")
    assert "1 scenarios, 1 failed," in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert "<b>no</b>" not in page
    assert load_all(tmp_path) == [failed]
    table = write_markdown(tmp_path).read_text()
    assert "| Unplugged <and> back | failed | words 1.25 s; presses 3 |" in table
