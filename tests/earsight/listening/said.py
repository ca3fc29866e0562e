"""Sentences that a synthetic voice says, as recordings for the WAV microphone."""

from __future__ import annotations

import asyncio
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import resample_poly

from earsight.actions import ACTIONS
from earsight.listening.grammar import Grammar
from earsight.listening.listener import Listener
from earsight.listening.microphone import RATE
from earsight.listening.speech_model import ModelMissingError, model_folder
from earsight.listening.wav_microphone import WavMicrophone
from earsight.voice import riff
from earsight.voice.espeak import EspeakSynthesizer

needs_speech = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def _can_recognise() -> bool:
    try:
        model_folder()
    except ModelMissingError:
        return False
    return find_spec("webrtcvad") is not None


needs_recogniser = pytest.mark.skipif(not _can_recognise(), reason="what the extra listen brings is missing")


def recording(folder: Path, text: str) -> Path:
    """The text, said by eSpeak NG; silence for ""."""
    path = folder / f"{text[:40] or 'silence'}.wav"
    samples = np.zeros(RATE)
    if text:
        sound = asyncio.run(EspeakSynthesizer("en-us").synthesize(text, 160))
        samples = resample_poly(sound.samples.astype(float), RATE, sound.rate) / 4
    samples = np.pad(samples, RATE // 2)  # with zeros, as behind a noise gate
    path.write_bytes(riff.header(len(samples), RATE) + samples.astype("<i2").tobytes())
    return path


def listener(path: Path) -> Listener:
    """What hears a recording, as fast as it can."""
    return Listener(WavMicrophone(path, real_time=False), Grammar(ACTIONS))
