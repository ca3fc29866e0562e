"""Which voice may speak: a new one has to be heard first, and at the start a plainer one stands in for it."""

from __future__ import annotations

import logging

from earsight.config.voice import EspeakVoice, VoiceSection
from earsight.language.utterance import Priority, Utterance
from earsight.service.builders import Builders
from earsight.system.systemd import ServiceStatus, managed
from earsight.voice.job import Outcome
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from earsight.voice.volume import Volume

_log = logging.getLogger(__name__)


class VoiceSelection:
    """Makes voices as loud as the wearer wants them. A voice that does not work is an error where somebody
    reads it; a wearer gets another voice, and the trouble is reported."""

    def __init__(self, build: Builders, volume: Volume, troubles: ServiceStatus) -> None:
        self._build, self._volume, self._troubles = build, volume, troubles

    async def first(self, section: VoiceSection) -> Speaker:
        """The voice, if it can be had. Raises VoiceError."""
        try:
            return await self._made(section)
        except VoiceError as error:
            if not managed():
                raise
            return await self._plainer(section, error)

    async def rehearsed(self, voice: Speaker, section: VoiceSection, text: str) -> Speaker:
        """That voice, if it can make words: in a language that there is not, say, it has none."""
        if not managed() or self._troubles.has("voice"):
            return voice
        try:
            await voice.rehearse(text)
        except VoiceError as error:
            if _is_plain(section):  # another of its kind is no better, and this one may come to itself
                _log.error("%s", error)
                return voice
            return await self._plainer(section, error)
        return voice

    async def heard(self, section: VoiceSection, text: str) -> Speaker:
        """A voice that has said the text. Raises VoiceError: a wrong device only shows at the first sound."""
        voice = await self._made(section)
        _log.info("notice: %s", text)
        try:
            if await voice.say(Utterance(text, Priority.NOTICE)) is not Outcome.SPOKEN:
                raise VoiceError(f"the new voice could not say {text!r}")
        except BaseException:
            await voice.close()
            raise
        self._troubles.report("voice", None)
        return voice

    async def _made(self, section: VoiceSection) -> Speaker:
        voice = await self._build.speaker(section)
        voice.set_volume(self._volume.under(section.volume))
        return voice

    async def _plainer(self, section: VoiceSection, error: VoiceError) -> Speaker:
        """By the means that are most likely to be there."""
        _log.error("%s", error)
        self._troubles.report("voice", str(error))
        shared = section.model_dump(exclude={"engine", "language", "piper_model", "player", "wav_file"})
        return await self._made(EspeakVoice(engine="espeak", **shared))


def _is_plain(section: VoiceSection) -> bool:
    """Whether its words come from what a voice falls back on."""
    return section.engine in ("auto", "espeak") and section.language is None
