"""A speech engine and a sound output, which together are a voice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from earsight.language.utterance import Part
from earsight.system import time_limits
from earsight.voice.player import Player
from earsight.voice.retries import RetryingPlayer, RetryingSynthesizer
from earsight.voice.sound import Sound, VoiceError, joined
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
        language: str | None = None,
        others: Callable[[str], Synthesizer] | None = None,
        lead_in: float = 0.0,
        synthesis_limit: float = time_limits.SYNTHESIS,
        playback_limit: float = time_limits.PLAYBACK,
        replay_for: float = time_limits.REPLAY,
        stuck_after: float = time_limits.SYNTHESIS_STUCK,
    ) -> None:
        """Args:
        synthesizer: The speech engine.
        player: The sound output.
        language: Code of the language that the engine speaks.
        others: Makes the engine for another language, when something is first read in it; raises VoiceError.
            None: everything is said by the one engine.
        lead_in: For Bluetooth loudspeakers, which swallow the first syllable.
        synthesis_limit: Seconds for one text.
        playback_limit: Seconds that a sound may take beyond its length.
        replay_for: Seconds for which a sound that fails is played again.
        stuck_after: Seconds from which an engine at work may count as stuck; see RetryingSynthesizer.
        """
        self.lead_in = lead_in
        self._stuck_after = stuck_after
        self._synthesizer = RetryingSynthesizer(synthesizer, synthesis_limit, stuck_after)
        self._synthesis_limit = synthesis_limit
        self._language, self._make_other = language, others
        self._others: dict[str, RetryingSynthesizer | None] = {}
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

    async def synthesize(
        self, text: str, rate: int, is_stale: Callable[[], bool], language: str | None = None
    ) -> Sound:
        """Make the sound of a text; see RetryingSynthesizer.synthesize().

        Args:
            text: One or more sentences.
            rate: Words per minute.
            is_stale: Whether nobody needs the text any more.
            language: Code of the language of the text; None for that of the voice. What has no engine for it,
                or one that fails, is said by the voice's own.
        """
        other = self._other(language)
        if other is not None:
            try:
                return await other.synthesize(text, rate, is_stale)
            except VoiceError as error:
                _log.log(
                    error.level, "%s; text in the language %s is read by the usual voice", error, language
                )
        return await self._synthesizer.synthesize(text, rate, is_stale)

    async def synthesize_parts(self, parts: Sequence[Part], rate: int, is_stale: Callable[[], bool]) -> Sound:
        """Make one sound of words in several languages; see synthesize()."""
        return joined([await self.synthesize(part.text, rate, is_stale, part.language) for part in parts])

    async def play(self, sound: Sound, started: Callable[[float], None], expires_at: float) -> None:
        """Play a sound to its end; see RetryingPlayer.play()."""
        await self._player.play(sound, started, expires_at)

    async def close(self) -> None:
        """Leave no process and no open device behind."""
        for part in (self._synthesizer, *self._others.values(), self._player):
            try:
                if part is not None:
                    await part.close()
            except VoiceError as error:
                _log.error("%s", error)

    def _other(self, language: str | None) -> RetryingSynthesizer | None:
        """The engine for another language than the voice's own; None where there is none."""
        if language is None or language == self._language or self._make_other is None:
            return None
        if language not in self._others:
            self._others[language] = None
            try:
                engine = self._make_other(language)
                self._others[language] = RetryingSynthesizer(engine, self._synthesis_limit, self._stuck_after)
            except VoiceError as error:
                _log.warning("%s; text in the language %s is read by the usual voice", error, language)
        return self._others[language]
