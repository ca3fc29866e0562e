"""A speech engine and a sound output, which together are a voice."""

from __future__ import annotations

import logging
from collections.abc import Callable

from earsight.system import time_limits
from earsight.voice.player import Player
from earsight.voice.retries import RetryingPlayer, RetryingSynthesizer
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.synthesizer import Synthesizer

_log = logging.getLogger(__name__)


class Voice:
    """What a Speaker speaks with. A Speaker closes the voices that it was given.

    Attributes:
        lead_in: Seconds of silence before speech.
    """

    def __init__(
        self,
        synthesizer: Synthesizer,
        player: Player,
        *,
        lead_in: float = 0.0,
        synthesis_limit: float = time_limits.SYNTHESIS,
        playback_limit: float = time_limits.PLAYBACK,
        replay_for: float = time_limits.REPLAY,
        stuck_after: float = time_limits.SYNTHESIS_STUCK,
    ) -> None:
        """Args:
        synthesizer: The speech engine.
        player: The sound output.
        lead_in: For Bluetooth loudspeakers, which swallow the first syllable.
        synthesis_limit: Seconds for one text.
        playback_limit: Seconds that a sound may take beyond its length.
        replay_for: Seconds for which a sound that fails is played again.
        stuck_after: Seconds from which an engine at work may count as stuck; see RetryingSynthesizer.
        """
        self.lead_in = lead_in
        self._stuck_after = stuck_after
        self._synthesizer = RetryingSynthesizer(synthesizer, synthesis_limit, stuck_after)
        self._player = RetryingPlayer(player, playback_limit, replay_for)

    @property
    def hung(self) -> bool:
        """Whether the speech engine hangs, so that only a new process may help."""
        return self._synthesizer.hung

    @property
    def silent(self) -> str | None:
        """Why the newest sound could not be played; None while sound works."""
        return self._player.silent

    @property
    def stuck_after(self) -> float:
        """Seconds from which the speech engine, at work on a text, may count as stuck."""
        return self._stuck_after

    async def synthesize(self, text: str, rate: int, is_stale: Callable[[], bool]) -> Sound:
        """Make the sound of a text; see RetryingSynthesizer.synthesize()."""
        return await self._synthesizer.synthesize(text, rate, is_stale)

    async def play(self, sound: Sound, started: Callable[[float], None], expires_at: float) -> None:
        """Play a sound to its end; see RetryingPlayer.play()."""
        await self._player.play(sound, started, expires_at)

    async def close(self) -> None:
        """Leave no process and no open device behind."""
        for part in (self._synthesizer, self._player):
            try:
                await part.close()
            except VoiceError as error:
                _log.error("%s", error)
