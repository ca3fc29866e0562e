"""Which voice may speak: a new one has to be heard first, and at the start a plainer one stands in for it."""

from __future__ import annotations

import logging

from earsight.config import VoiceSection
from earsight.parts import Builders
from earsight.scene import Priority, Utterance
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Outcome, Speaker

_log = logging.getLogger(__name__)


async def heard(build: Builders, section: VoiceSection, volume: float, text: str) -> Speaker:
    """A voice that has said the text. Raises VoiceError: a wrong device or language shows at its words."""
    speaker = await build.speaker(section)
    speaker.set_volume(volume)
    _log.info("notice: %s", text)
    try:
        if await speaker.say(Utterance(text, Priority.NOTICE)) is not Outcome.SPOKEN:
            raise VoiceError(f"the new voice could not say {text!r}")
    except BaseException:
        await speaker.close()
        raise
    return speaker


def plainest(voice: VoiceSection) -> VoiceSection:
    """The same voice by the means that are most likely to be there."""
    plain = {"engine": "auto", "piper_model": None, "player": "auto", "wav_file": None}
    return voice.model_copy(update=plain | {"language": VoiceSection().language})
