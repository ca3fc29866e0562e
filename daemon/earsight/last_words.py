"""Saying one sentence without a service, when there is none or it can't start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from earsight import parts
from earsight.config import VoiceSection
from earsight.scene import Priority, Utterance
from earsight.voice.sound import VoiceError


async def say(text: str, voices: Iterable[VoiceSection], limit: float | None = None) -> list[VoiceError]:
    """By the first voice that can be heard; limit: seconds for each. What was wrong with the others."""
    failures = []
    for section in dict.fromkeys(voices):
        try:
            await _say(text, section, limit)
        except VoiceError as error:
            failures.append(error)
        else:
            break
    return failures


async def _say(text: str, section: VoiceSection, limit: float | None) -> None:
    speaker = await parts.build_speaker(section)
    try:
        async with asyncio.timeout(limit):
            await speaker.say(Utterance(text, Priority.ANSWER))
    except TimeoutError:
        raise VoiceError(f"the voice did not finish within {limit:g} s") from None
    finally:
        await speaker.close()
