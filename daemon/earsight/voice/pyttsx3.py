"""pyttsx3, in a child process: it can hang, and one exception in its loop breaks all that follows.

pyttsx3 loads the shared library of eSpeak NG (package libespeak-ng1). Its own playback, which needs aplay
and a shell, is not used: it renders to memory, and our player plays that.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE

from earsight.system import time_limits
from earsight.voice import child, riff
from earsight.voice.engine import audible, one_line
from earsight.voice.sound import EngineMissingError, Sound, VoiceError

_ADVICE = {
    "pyttsx3": "pyttsx3 is not installed: run \"pip install 'earsight[pyttsx3]'\"",
    "libespeak-ng1": "pyttsx3 does not find the library of eSpeak NG: run 'sudo apt install libespeak-ng1'",
}


class Pyttsx3Synthesizer:
    """One child process for all texts; after a failure, a time-out or a cancellation, a new one.

    voice: an id of pyttsx3's ("gmw/en-us"), "" for its default. timeout: seconds for
    one text, the start of the child process included.
    """

    name = "pyttsx3"

    def __init__(self, voice: str = "", timeout: float = time_limits.PYTTSX3) -> None:
        self._voice = voice
        self._timeout = timeout
        self._process: asyncio.subprocess.Process | None = None
        self._files = contextlib.ExitStack()
        self._sound = -1
        self._errors = -1
        self._turn = asyncio.Lock()

    async def synthesize(self, text: str, rate: int) -> Sound:
        """Raises VoiceError: pyttsx3 or its library missing, an unknown voice, a hang, no sound."""
        line = one_line(text)
        async with self._turn:
            try:
                async with asyncio.timeout(self._timeout):
                    sound = await self._ask(line, rate)
            except TimeoutError:
                await self._stop()
                raise VoiceError(
                    f"pyttsx3 did not finish within {self._timeout:g} s and was stopped"
                ) from None
            except BaseException:  # also when cancelled
                await self._stop()
                raise
        return audible(sound, "pyttsx3", line)

    async def close(self) -> None:
        await self._stop()

    async def _ask(self, line: str, rate: int) -> Sound:
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"text": line, "voice": self._voice, "rate": rate}
        os.ftruncate(self._sound, 0)
        with contextlib.suppress(ConnectionError):  # a child that has ended is seen by its missing answer
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
        answer = await process.stdout.readline()
        if not answer.endswith(b"\n"):
            complaint = child.last_line(child.read_all(self._errors))
            raise VoiceError(f"pyttsx3's process ended by itself: {complaint or 'no message'}")
        problem = json.loads(answer)
        if problem:
            advice = _ADVICE.get(problem["missing"])
            if advice:
                raise EngineMissingError(f"{advice}, or choose another engine with the key voice.engine")
            raise VoiceError(f"pyttsx3 failed: {problem['error']} (keys voice.language, voice.rate)")
        return riff.parse(child.read_all(self._sound))

    async def _start(self) -> asyncio.subprocess.Process:
        self._sound = self._files.enter_context(child.memory_file())
        self._errors = self._files.enter_context(child.memory_file())
        argv = [sys.executable, "-m", "earsight.voice.pyttsx3_child", str(self._sound)]
        self._process = await child.start(
            argv, stdin=PIPE, stdout=PIPE, stderr=self._errors, pass_fds=[self._sound]
        )
        return self._process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        self._files.close()
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            await child.stop(process)
