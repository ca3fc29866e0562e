"""A speech engine in a child process that serves all texts: loading it takes longer than a sentence.

It is killed, and started anew for the next text, when it fails, takes too long, or is cancelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from earsight.voice import child, riff
from earsight.voice.sound import EngineMissingError, Sound, VoiceError


class EngineProcess:
    """Takes a line for each text, writes a WAV file into shared memory, and answers with a line."""

    def __init__(self, name: str, argv: Callable[[int], Sequence[str]], limit: float) -> None:
        """Args:
        name: As its user knows it.
        argv: The program and its arguments, for the file descriptor that it is to write sound to.
        limit: Seconds for one text, the start of the process included.
        """
        self._name = name
        self._argv = argv
        self._limit = limit
        self._process: asyncio.subprocess.Process | None = None
        self._files = contextlib.ExitStack()
        self._sound = self._errors = -1
        self._turn = asyncio.Lock()

    async def render(self, request: Callable[[int], bytes], check: Callable[[bytes], None]) -> Sound:
        """Let it speak.

        Args:
            request: The line to send, for the file descriptor that takes the sound.
            check: Raises VoiceError for an answer that tells of a failure.

        Raises:
            VoiceError: The process can't be started, ends, takes too long, or makes no WAV file.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(self._limit):
                    check(await self._exchange(request))
                    return riff.parse(child.read_all(self._sound))
            except TimeoutError:
                await self.close()
                raise VoiceError(
                    f"{self._name} did not finish within {self._limit:g} s and was stopped"
                ) from None
            except BaseException:  # also when cancelled
                await self.close()
                raise

    async def close(self) -> None:
        """Kill the process. The next text gets a new one."""
        process, self._process = self._process, None
        try:
            if process is not None:
                assert process.stdin is not None
                process.stdin.close()
                await child.stop(process)
        finally:
            self._files.close()

    async def _exchange(self, request: Callable[[int], bytes]) -> bytes:
        if self._process is not None:
            os.ftruncate(self._sound, 0)
            os.ftruncate(self._errors, 0)
        process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(ConnectionError):  # a process that has ended is seen by its missing answer
            process.stdin.write(request(self._sound) + b"\n")
            await process.stdin.drain()
        answer = await process.stdout.readline()
        if not answer.endswith(b"\n"):
            complaint = child.last_line(child.read_all(self._errors))
            raise VoiceError(f"the process of {self._name} ended unexpectedly: {complaint or 'no message'}")
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        self._sound = self._files.enter_context(child.memory_file())
        self._errors = self._files.enter_context(child.memory_file())
        fcntl.fcntl(self._errors, fcntl.F_SETFL, os.O_APPEND)  # it is emptied while it is written
        self._process = await child.start(
            self._argv(self._sound), stdin=PIPE, stdout=PIPE, stderr=self._errors, pass_fds=[self._sound]
        )
        return self._process


class PythonEngine:
    """An EngineProcess that runs one of our own modules; see engine_child.py."""

    def __init__(self, name: str, module: str, limit: float, advice: Mapping[str, str]) -> None:
        """Args:
        name: As its user knows it.
        module: The module's name in this package.
        limit: Seconds for one text, the start of the process included.
        advice: What to do about each thing that the child may report as missing.
        """
        # -P: a file in the working directory must not stand in for a library.
        command = [sys.executable, "-P", "-m", f"earsight.voice.{module}"]
        self._process = EngineProcess(name, lambda sound: [*command, str(sound)], limit)
        self._name = name
        self._advice = advice

    async def render(self, request: Mapping[str, Any]) -> Sound:
        """Let it speak; raises VoiceError."""
        line = json.dumps(request).encode()
        return await self._process.render(lambda _: line, self._check)

    async def close(self) -> None:
        """Kill the process."""
        await self._process.close()

    def _check(self, answer: bytes) -> None:
        problem = json.loads(answer)
        if advice := self._advice.get(problem.get("missing", "")):
            raise EngineMissingError(f"{advice}, or choose another engine with the key voice.engine")
        if problem:
            raise VoiceError(f"{self._name} failed: {problem['error']}")
