"""pyttsx3, in a child process: it can hang, and one exception in its loop breaks all that follows.

pyttsx3 loads the shared library of eSpeak NG (package libespeak-ng1). Its own playback, which needs aplay
and a shell, is not used: it renders to memory, and our player plays that. It sets the rate from two threads
at once: a process takes only its first rate, and about one in thirty keeps pyttsx3's own, 200.
"""

from __future__ import annotations

from earsight.system import time_limits
from earsight.voice.engine import audible, one_line
from earsight.voice.engine_process import PythonEngine
from earsight.voice.sound import Sound

_ADVICE = {
    "pyttsx3": "pyttsx3 is not installed: run \"pip install 'earsight[pyttsx3]'\"",
    "libespeak-ng1": "pyttsx3 does not find the library of eSpeak NG: run 'sudo apt install libespeak-ng1'",
}


class Pyttsx3Synthesizer:
    """One child process for all texts; after a failure, a time-out or a cancellation, a new one."""

    name = "pyttsx3"

    def __init__(self, voice: str, limit: float = time_limits.PYTTSX3) -> None:
        """Args:
        voice: A language, with a region and a variant if wanted ("en-gb", "en+f3"), or an id of pyttsx3's.
        limit: Seconds for one text.
        """
        self._voice = voice
        self._rate = 0
        self._engine = PythonEngine("pyttsx3", "pyttsx3_child", limit, _ADVICE)

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Raises VoiceError: pyttsx3 or its library missing, an unknown voice, a hang, no sound."""
        line = one_line(text)
        if rate != self._rate:
            await self._engine.close()
            self._rate = rate
        sound = await self._engine.render({"text": line, "voice": self._voice, "rate": rate})
        return audible(sound, "pyttsx3", line)

    async def close(self) -> None:
        await self._engine.close()
