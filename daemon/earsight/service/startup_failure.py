"""Saying one sentence without a service, when there is none or it can't start."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence

from earsight.config.voice import VoiceSection
from earsight.language.utterance import Utterance
from earsight.system import time_limits
from earsight.system.systemd import notify
from earsight.voice import registry
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker

_log = logging.getLogger(__name__)


async def say(
    utterances: Sequence[Utterance], voices: Iterable[VoiceSection], limit: float | None = None
) -> list[VoiceError]:
    """Say something, one utterance after the other, by the first voice that can be heard.

    Args:
        utterances: At least one, all in one language.
        voices: What to try, in this order.
        limit: Seconds for each voice.

    Returns:
        What was wrong with the voices before the one that was heard.
    """
    failures = []
    for section in dict.fromkeys(voices):
        try:
            await _say(utterances, section, limit)
        except VoiceError as error:
            failures.append(error)
        else:
            break
    return failures


async def say_until_heard(
    utterance: Utterance, voices: Iterable[VoiceSection], limit: float, patience: float
) -> None:
    """As say(), again and again for `patience` seconds: the earphones may be plugged in only now. Tells the
    service manager that it takes longer than a start."""
    voices = tuple(dict.fromkeys(voices))
    deadline = time.monotonic() + patience
    told: set[str] = set()
    while True:
        notify(f"EXTEND_TIMEOUT_USEC={(limit * len(voices) + time_limits.FAILURE_MARGIN) * 1e6:.0f}")
        failures = await say([utterance], voices, limit)
        for error in failures:
            if str(error) not in told:
                _log.error("%s", error)
                told.add(str(error))
        if len(failures) < len(voices) or time.monotonic() >= deadline:
            return
        await asyncio.sleep(time_limits.FAILURE_PAUSE)


async def _say(utterances: Sequence[Utterance], section: VoiceSection, limit: float | None) -> None:
    voice = registry.build_voice(section, utterances[0].language)
    speaker = Speaker(voice, volume=section.volume, rate=section.rate)
    try:
        async with asyncio.timeout(limit):
            for utterance in utterances:
                await speaker.say(utterance)
    except TimeoutError:
        raise VoiceError(f"the voice did not finish within {limit:g} s") from None
    finally:
        await speaker.close()
