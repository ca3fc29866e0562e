"""What recognises commands: the network Moonshine, in a child process.

The process is started when somebody first listens, and let go when nobody has listened for a while: it takes
memory. It is killed when it fails, takes too long, or is not needed any more in the midst of its work.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE
from enum import StrEnum
from typing import Any

from earsight.errors import EarsightError
from earsight.listening.grammar import Grammar
from earsight.listening.hearing import Hearing, compare
from earsight.message import message
from earsight.system import time_limits
from earsight.voice import child
from earsight.voice.sound import VoiceError

_MISSING = "voice commands can't be recognised: {problem}; run \"pip install 'earsight[listen]'\""

# -P: a file in the working directory must not stand in for a library.
_COMMAND = [sys.executable, "-P", "-m", "earsight.listening.recogniser_child"]


class RecogniserError(EarsightError):
    """Commands can't be recognised."""

    spoken = message("listen.recogniser_broken")


class RecogniserMissingError(RecogniserError):
    """The package that recognises commands is not installed."""

    spoken = message("listen.recogniser_missing")


class Event(StrEnum):
    """What the child tells in the midst of a command."""

    LOADED = "loaded"
    SPEECH = "speech"
    OVER = "over"


class Recogniser:
    """Takes the sound of one command after another."""

    def __init__(self, grammar: Grammar) -> None:
        """Args:
        grammar: The sentences that are commands.
        """
        self._begin = json.dumps({"meanings": grammar.meanings, "pause": time_limits.SPEECH_PAUSE}).encode()
        self._process: asyncio.subprocess.Process | None = None
        self._files = contextlib.ExitStack()
        self._errors = -1
        self._changing = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._going: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Get ready for a command: start the process if there is none. Its model loads meanwhile.

        Raises:
            RecogniserError: It can't be started.
        """
        if self._idle is not None:
            self._idle.cancel()
        if self._process is not None and self._process.returncode is not None:
            await self.close()  # it was killed while nobody listened, for want of memory
        async with self._changing:
            if self._process is None:
                self._errors = self._files.enter_context(child.memory_file())
                try:
                    self._process = await child.start(_COMMAND, stdin=PIPE, stdout=PIPE, stderr=self._errors)
                except VoiceError as error:
                    self._files.close()
                    raise RecogniserError(str(error)) from error
        await self._send(b"B", self._begin)

    async def hear(self, frame: bytes) -> None:
        """Take the next frame of sound; see Microphone."""
        await self._send(b"A", frame)

    async def end(self) -> None:
        """Nothing more will be said."""
        await self._send(b"E", b"")

    async def answer(self) -> Event | Hearing:
        """Wait for what there is to tell.

        Raises:
            RecogniserError: The process fails or has ended.
        """
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            complaint = child.last_line(child.read_all(self._errors))
            reason = complaint or f"exit status {await self._process.wait()}"
            raise RecogniserError(f"the recogniser ended unexpectedly: {reason}")
        told: dict[str, Any] = json.loads(line)
        if "error" in told:
            if told["missing"]:
                raise RecogniserMissingError(_MISSING.format(problem=told["error"]))
            raise RecogniserError(f"the recogniser failed: {told['error']}")
        if told["event"] != "heard":
            return Event(told["event"])
        return Hearing(told["text"], told["spoke"], compare(told))

    def rest(self) -> None:
        """Nobody listens: let the process go after a while."""

        def go() -> None:
            self._going = asyncio.ensure_future(self.close())

        self._idle = asyncio.get_running_loop().call_later(time_limits.RECOGNISER_KEPT, go)

    async def close(self) -> None:
        """Kill the process. The next command gets a new one."""
        if self._idle is not None:
            self._idle.cancel()
        async with self._changing:
            process, self._process = self._process, None
            try:
                if process is not None:
                    assert process.stdin is not None
                    process.stdin.close()
                    await child.stop(process)
            finally:
                self._files.close()

    async def _send(self, kind: bytes, content: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):  # a process that has ended is seen by its missing answer
            self._process.stdin.write(kind + len(content).to_bytes(4, "little") + content)
            await self._process.stdin.drain()
