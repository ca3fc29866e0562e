"""Which voice speaks: the configured one if it works, else a backup that most likely does."""

from __future__ import annotations

import logging
from collections.abc import Callable

from earsight.config.voice import EspeakVoice, VoiceSection
from earsight.language.utterance import Priority, Utterance
from earsight.system.systemd import ServiceStatus, managed
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker
from earsight.voice.speech_queue import Outcome
from earsight.voice.voice import Voice

VoiceBuilder = Callable[[VoiceSection, str], Voice]
"""Makes the voice of a section, for the language of a code; raises VoiceError."""

_log = logging.getLogger(__name__)


class VoiceSelection:
    """A voice that does not work is an error at a terminal, where somebody reads it. A wearer gets the backup
    instead, and the trouble is reported."""

    def __init__(self, build: VoiceBuilder, status: ServiceStatus) -> None:
        """Args:
        build: How to make a voice.
        status: Where a voice that does not work is reported.
        """
        self._build, self._status = build, status

    def open(self, section: VoiceSection, language: str) -> Voice:
        """The configured voice, or the backup if a service can't have it.

        Raises:
            VoiceError: There is no voice.
        """
        try:
            return self._build(section, language)
        except VoiceError as error:
            if not managed():
                raise
            return self._backup(section, language, error)

    async def check(self, speaker: Speaker, section: VoiceSection, language: str, text: str) -> None:
        """Whether the voice can make words: in a language that it does not know, it has none.

        A service gets the backup instead; at a terminal the first words will tell.

        Args:
            speaker: With the voice that open() gave.
            section: The settings of that voice.
            language: The language of that voice.
            text: Words to try it with.
        """
        if not managed() or self._status.has("voice"):
            return
        try:
            await speaker.check(text)
        except VoiceError as error:
            if _is_backup(section):  # another of its kind is no better, and this one may recover
                _log.error("%s", error)
            else:
                await speaker.use(self._backup(section, language, error))

    async def switch(self, speaker: Speaker, section: VoiceSection, language: str, text: str) -> bool:
        """Give a speaker a new voice, once the new one has been heard to say a text.

        Returns:
            Whether it was heard to its end.

        Raises:
            VoiceError: The new voice can't be heard; the speaker keeps its own.
        """
        _log.info("notice: %s", text)
        said = Utterance(text, Priority.NOTICE, language)
        outcome = await speaker.try_voice(self._build(section, language), said)
        self._status.report("voice", None)
        return outcome is Outcome.SPOKEN

    def _backup(self, section: VoiceSection, language: str, error: VoiceError) -> Voice:
        """By the means that are most likely to be there."""
        _log.error("%s", error)
        self._status.report("voice", str(error))
        kept = section.model_dump(exclude={"engine", "language", "piper_model", "player", "wav_file"})
        return self._build(EspeakVoice(engine="espeak", **kept), language)


def _is_backup(section: VoiceSection) -> bool:
    """Whether a voice speaks by the means of the backup anyway."""
    return section.engine in ("auto", "espeak") and section.language is None
