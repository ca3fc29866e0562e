"""hibari-tts: a natural English voice that comes with its package, and needs no download.

Of its voices only the one in the package is used; the others it would fetch from the network.
"""

from __future__ import annotations

from earsight.system import time_limits
from earsight.voice.engine import audible, one_line
from earsight.voice.engine_process import PythonEngine
from earsight.voice.sound import Sound, UnknownVoiceError

NORMAL_RATE = 175
"""Words per minute at which it is about as fast as eSpeak NG at the same rate."""

_FASTEST = 2.0
"""Times its own speed; beyond, it gets no faster."""

_ADVICE = {"hibari": "hibari-tts is not installed: run \"pip install 'earsight[hibari]'\""}


class HibariSynthesizer:
    """One child process for all texts, which has the model loaded."""

    name = "hibari"

    def __init__(self, language: str, limit: float = time_limits.HIBARI) -> None:
        """Args:
        language: Code of the language that it is to speak.
        limit: Seconds for one text.

        Raises:
            UnknownVoiceError: It does not speak that language.
        """
        if language != "en":
            raise UnknownVoiceError(
                "the speech engine hibari speaks English only: choose another with voice.engine"
            )
        self._engine = PythonEngine("hibari", "hibari_child", limit, _ADVICE)

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Raises VoiceError: hibari-tts missing or failing, no sound. Cancelling kills its process."""
        line = one_line(text)
        speed = min(rate / NORMAL_RATE, _FASTEST)
        return audible(await self._engine.render({"text": line, "speed": speed}), "hibari", line)

    async def close(self) -> None:
        await self._engine.close()
