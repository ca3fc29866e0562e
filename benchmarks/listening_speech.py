"""What is said to the recogniser: synthetic voices, texts, and noise."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from earsight.listening.grammar import Grammar
from earsight.listening.microphone import RATE
from earsight.voice import riff
from earsight.voice.espeak import EspeakSynthesizer
from earsight.voice.hibari import HibariSynthesizer
from earsight.voice.sound import Sound
from earsight.voice.synthesizer import Synthesizer

TUNING = ("en-us", "en-gb", "en-us+m3", "en-gb-x-rp+f2", "flite slt")
HELD_OUT = ("en-us+f3", "en-gb+m7", "hibari", "flite awb", "flite rms")
"""Voices. Those of flite (Debian) are made from recordings of people; without flite they are left out."""

_LEVEL = 1500.0
"""Root mean square of speech, of 32768: that of a microphone close to the mouth."""

_BEFORE, _AFTER = 0.3, 1.0
"""Seconds of noise around the speech."""


class Flite:
    """flite, for measurements only: its voices are no engine of Earsight's."""

    name = "flite"

    def __init__(self, voice: str) -> None:
        self._voice = voice

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Say it at flite's own speed."""
        del rate
        return await asyncio.to_thread(self._made, text)

    def _made(self, text: str) -> Sound:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            command = ["flite", "-voice", self._voice, "-t", text, "-o", file.name]
            subprocess.run(command, check=True, capture_output=True)
            return riff.parse(Path(file.name).read_bytes())

    async def close(self) -> None:
        """Nothing to do."""


def synthesizer(voice: str) -> tuple[Synthesizer, int] | None:
    """What speaks with a voice of TUNING or HELD_OUT, and at which rate; None if it is not installed."""
    if voice.startswith("flite"):
        return (Flite(voice.split()[1]), 175) if shutil.which("flite") else None
    if voice.startswith("hibari"):
        return HibariSynthesizer("en"), 175
    return EspeakSynthesizer(voice), 175


async def spoken(speaks: Synthesizer, rate: int, text: str) -> np.ndarray:
    """A text as float samples at RATE, at a fixed level."""
    sound = await speaks.synthesize(text, rate)
    samples = resample_poly(sound.samples.astype(float), RATE, sound.rate)
    level = np.sqrt(np.mean(samples**2))
    return np.asarray(samples * (_LEVEL / max(level, 1.0)))


Noise = Callable[[int, np.random.Generator], np.ndarray]
"""Makes so many samples of it, at any level."""


def white(count: int, generator: np.random.Generator) -> np.ndarray:
    """Noise with the same power at all frequencies."""
    return generator.normal(size=count)


def pink(count: int, generator: np.random.Generator) -> np.ndarray:
    """Noise whose power falls with the frequency, like that of traffic and wind."""
    spectrum = np.fft.rfft(generator.normal(size=count))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(count), 1 / count))
    return np.asarray(np.fft.irfft(spectrum, count))


def babble(speech: list[np.ndarray]) -> Noise:
    """Several people who speak at once.

    Args:
        speech: What they say, one after the other.
    """
    together = np.concatenate(speech)

    def make(count: int, generator: np.random.Generator) -> np.ndarray:
        rolled = [np.roll(together, generator.integers(len(together))) for _ in range(5)]
        return np.asarray(np.resize(np.sum(rolled, axis=0), count))

    return make


def recorded(speech: np.ndarray, noise: Noise, snr: float, generator: np.random.Generator) -> np.ndarray:
    """What a microphone hears of speech in noise, int16.

    Args:
        speech: At RATE.
        noise: Which one.
        snr: Decibels by which the speech is louder than the noise.
        generator: For the noise.
    """
    around = np.pad(speech, (round(_BEFORE * RATE), round(_AFTER * RATE)))
    made = noise(len(around), generator)
    level = np.sqrt(np.mean(speech**2)) * 10 ** (-snr / 20)
    heard = around + made * (level / np.sqrt(np.mean(made**2)))
    return np.clip(np.round(heard), -32768, 32767).astype(np.int16)


def commands(grammar: Grammar, count: int, chosen: random.Random) -> list[str]:
    """Some sentences of the grammar: half of them actions by their names alone."""
    alone = [text for text, command in grammar.commands.items() if command.argument is None]
    others = [text for text, command in grammar.commands.items() if command.argument is not None]
    half = min(len(alone), count // 2)
    return [*chosen.sample(alone, half), *chosen.sample(others, count - half)]


def other_sentences(file: Path, held_out: bool) -> list[str]:
    """Every other line of a file, for tuning or held out."""
    lines = [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()]
    return lines[held_out::2]
