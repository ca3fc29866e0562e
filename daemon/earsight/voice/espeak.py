"""eSpeak NG: robotic, but it starts speaking within milliseconds on any board."""

from __future__ import annotations

import re

from earsight.system import time_limits
from earsight.voice import child, riff
from earsight.voice.engine import audible, one_line
from earsight.voice.pronunciation import with_phonemes
from earsight.voice.sound import EngineMissingError, Sound, UnknownVoiceError, VoiceError


class EspeakSynthesizer:
    """One `espeak-ng` for each text."""

    name = "espeak"

    def __init__(self, voice: str = "en") -> None:
        """Args:
        voice: A name from `espeak-ng --voices`, with a variant if wanted ("en-gb", "en+f3").
        """
        self._voice = voice
        self._language = re.split("[-+]", voice)[0].lower()
        # -b 1: UTF-8 whatever the locale. -z: without 0.3 s of silence at the end.
        self._argv = ["espeak-ng", "-v", voice, "-b", "1", "-z", "--stdin", "--stdout"]

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Raises VoiceError: espeak-ng missing, an unknown voice, no sound. Cancelling kills espeak-ng."""
        line = one_line(text)
        given = with_phonemes(line, self._language).encode()
        try:
            finished = await child.run([*self._argv, "-s", str(rate)], given, time_limits.ESPEAK)
        except child.ProgramMissingError as error:
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
