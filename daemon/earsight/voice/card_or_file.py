"""The sound card, even one that is connected later, and a WAV file until then."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from earsight.voice.alsa import AlsaPlayer
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.wav import WavPlayer

_log = logging.getLogger(__name__)


class CardOrFile:
    """Tries the card with every sound: where there is none, that fails within milliseconds.

    Once the card has been heard, its failures are errors: the words wait for it to come back, instead of
    going into a file where nobody hears them.
    """

    def __init__(self, device: str, file: Path) -> None:
        """Args:
        device: A name from `aplay -L`.
        file: The recording.
        """
        self._card = AlsaPlayer(device)
        self._path = file
        self._recorder: WavPlayer | None = None
        self._heard = False

    async def play(self, sound: Sound, started: Callable[[float], None]) -> None:
        """See Player.play()."""

        def began(at: float) -> None:
            if self._recorder is not None and not self._heard:
                _log.info("there is a sound device now")
            self._heard = True
            started(at)

        try:
            await self._card.play(sound, began)
        except VoiceError:
            if self._heard:
                raise
            await self._file().play(sound, started)

    async def close(self) -> None:
        await self._card.close()
        if self._recorder is not None:
            await self._recorder.close()

    def _file(self) -> WavPlayer:
        if self._recorder is None:
            self._recorder = WavPlayer(self._path)
            _log.warning("no sound device: speaking into %s until there is one", self._path)
        return self._recorder
