"""Says something without a service, by the first of several voices that can be heard.

Usage: python -m earsight.service.say_once LANGUAGE [CONFIG_FILE]: says standard input by the voice that a
configuration names, which may be wrong elsewhere. Exit status 0: it was heard.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from earsight.config.loader import readable_voice
from earsight.config.voice import VoiceSection
from earsight.language.utterance import Priority, Utterance
from earsight.voice import registry
from earsight.voice.sound import VoiceError
from earsight.voice.speaker import Speaker


async def say(utterances: Sequence[Utterance], voices: Iterable[VoiceSection]) -> list[VoiceError]:
    """Say something, one utterance after the other, by the first voice that can be heard.

    Args:
        utterances: At least one, all in one language.
        voices: What to try, in this order.

    Returns:
        What was wrong with the voices before the one that was heard.
    """
    failures = []
    for section in voices:
        try:
            await _say(utterances, section)
        except VoiceError as error:
            failures.append(error)
        else:
            break
    return failures


async def _say(utterances: Sequence[Utterance], section: VoiceSection) -> None:
    voice = registry.build_voice(section, utterances[0].language)
    speaker = Speaker(voice, volume=section.volume, rate=section.rate)
    try:
        for utterance in utterances:
            await speaker.say(utterance)
    finally:
        await speaker.close()


def main() -> None:
    language, *file = sys.argv[1:]
    section = readable_voice(Path(file[0]) if file else None)
    utterance = Utterance(sys.stdin.read(), Priority.ANSWER, language)
    for error in asyncio.run(say([utterance], [section])):
        sys.exit(str(error))


if __name__ == "__main__":
    main()
