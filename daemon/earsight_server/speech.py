"""Sound that browsers play: what the synthesizers of the daemon make of a text."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus

import numpy as np

from earsight.config.schema import Config
from earsight.language.language import CANT_TELL
from earsight.language.languages import load_language, promises_safety
from earsight.language.utterance import Part
from earsight.system import time_limits
from earsight.voice import riff
from earsight.voice.registry import build_synthesizer
from earsight.voice.retries import RetryingSynthesizer
from earsight.voice.sound import Sound, VoiceError, joined
from earsight.voice.synthesizer import Synthesizer
from earsight_server.refusal import RefusedError

_log = logging.getLogger(__name__)

_MP3_KILOBITS = 48


def checked(text: str, language: str) -> str:
    """A text that was made here, or "I can't tell what this is." in place of one that may promise safety.

    As where an Utterance is made, but what a photo shows gets into no log.
    """
    if not promises_safety(text):
        return text
    _log.error("something was not said, since it may promise safety")
    return load_language(language).text(CANT_TELL)


class VoiceFailedError(RefusedError):
    """There are words, and no sound of them."""


class Speech:
    """One synthesizer for each language."""

    def __init__(
        self, config: Config, build: Callable[[str], Synthesizer] | None = None, most: int = 5000
    ) -> None:
        """Args:
        config: Of the voice.
        build: Makes the synthesizer of a language; None: the configured one.
        most: Characters of a text that was read that are said.
        """
        self._config, self._most = config, most
        self._build = build or (lambda language: build_synthesizer(config.voice, language))
        self._synthesizers: dict[str, RetryingSynthesizer] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def read(self, parts: Sequence[Part]) -> Sound:
        """Say what was read, each part in its language, as far as a text may go.

        Args:
            parts: At least one.

        Raises:
            VoiceFailedError: There is no voice for one of them, or it failed.
        """
        sounds, room = [], self._most
        for part in parts:
            if room <= 0:
                break
            sounds.append(await self.say(part.text[:room], part.language))
            room -= len(part.text)
        return joined(sounds)

    async def say(self, text: str, language: str) -> Sound:
        """Make the sound of a text that has passed checked().

        Raises:
            VoiceFailedError: There is no voice for it, or it failed.
        """
        try:
            async with self._turns.setdefault(language, asyncio.Lock()):
                synthesizer = self._synthesizer(language)
                return await synthesizer.synthesize(text, self._config.voice.rate, lambda: False)
        except VoiceError as error:
            # Its text may quote what was to be said.
            _log.error("the voice for %s failed (%s)", language, type(error).__name__)
            raise VoiceFailedError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The server's voice does not work: `earsight doctor` there says why.",
                {"Retry-After": "60"},
            ) from error

    def _synthesizer(self, language: str) -> RetryingSynthesizer:
        if language not in self._synthesizers:
            self._synthesizers[language] = RetryingSynthesizer(
                self._build(language), time_limits.SYNTHESIS, time_limits.SYNTHESIS_STUCK
            )
        return self._synthesizers[language]

    async def close(self) -> None:
        """Leave no process behind."""
        for synthesizer in self._synthesizers.values():
            await synthesizer.close()


def wav(sound: Sound) -> bytes:
    """A WAV file, which every browser plays."""
    return riff.header(len(sound.samples), sound.rate) + sound.samples.astype("<i2").tobytes()


def mp3(sound: Sound) -> bytes:
    """An MP3 file, which the published page expects; its encoder knows these rates only.

    Raises:
        ValueError: The sound has another rate.
    """
    import lameenc

    encoder = lameenc.Encoder()
    encoder.set_bit_rate(_MP3_KILOBITS)
    encoder.set_in_sample_rate(sound.rate)
    encoder.set_channels(1)
    encoder.set_quality(7)
    encoder.silence()
    samples = np.ascontiguousarray(sound.samples, dtype="<i2").tobytes()
    return bytes(encoder.encode(samples) + encoder.flush())
