"""eSpeak NG: robotic, but it starts speaking within milliseconds on any board."""

from __future__ import annotations

from earsight.system import time_limits
from earsight.voice import child, riff
from earsight.voice.engine import audible, one_line
from earsight.voice.sound import EngineMissingError, Sound, UnknownVoiceError, VoiceError


class EspeakSynthesizer:
    """One `espeak-ng` for each text.

    voice: a name from `espeak-ng --voices`, with a variant if wanted ("en-gb", "en+f3"). pitch: 0..99.
    volume: 0..200, 100 being the engine's own; above, loud voices clip.
    """

    name = "espeak"

    def __init__(self, voice: str = "en", pitch: int = 50, volume: int = 100) -> None:
        self._voice = voice
        numbers = ["-p", str(pitch), "-a", str(volume)]
        # -b 1: UTF-8 whatever the locale. -z: without 0.3 s of silence at the end.
        self._argv = ["espeak-ng", "-v", voice, *numbers, "-b", "1", "-z", "--stdin", "--stdout"]

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Raises VoiceError: espeak-ng missing, an unknown voice, no sound. Cancelling kills espeak-ng."""
        line = one_line(text)
        try:
            finished = await child.run([*self._argv, "-s", str(rate)], line.encode(), time_limits.ESPEAK)
        except child.ProgramMissing as error:
            raise EngineMissingError(
                "espeak-ng is not installed: run 'sudo apt install espeak-ng', "
                "or choose another engine with the key voice.engine"
            ) from error
        # Some versions complain of an unknown voice and still exit with 0.
        if "voice" in finished.complaint and "not exist" in finished.complaint:
            raise UnknownVoiceError(
                f"espeak-ng has no voice {self._voice!r} (key voice.language): "
                "choose one that 'espeak-ng --voices' lists"
            )
        if finished.status != 0 or not finished.output:
            reason = finished.complaint or "no sound, no message"
            raise VoiceError(f"espeak-ng failed with exit status {finished.status}: {reason}")
        return audible(riff.parse(finished.output), "espeak-ng", line)

    async def close(self) -> None:
        """Nothing to do: every text has its own process."""
