"""Child programs that never outlive their caller.

Input and output are memory files instead of pipes: nothing fills up, nothing has to be pumped or drained
when the child is killed, and the caller sees how far the child has read.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from earsight.voice.sound import VoiceError


class ProgramMissingError(VoiceError):
    """The program is not installed."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended.

    Attributes:
        status: Its exit status; negative for the signal that has killed it.
        output: All of its standard output.
        complaint: The last line of its standard error, "" for none.
    """

    status: int
    output: bytes
    complaint: str


@contextlib.contextmanager
def memory_file(content: bytes = b"") -> Iterator[int]:
    """A file descriptor in memory, positioned at its start; closed at the end."""
    descriptor = os.memfd_create("earsight", os.MFD_CLOEXEC)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def read_all(descriptor: int) -> bytes:
    """The whole of a memory file, wherever its position is."""
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)


def last_line(errors: bytes) -> str:
    """The last line with anything in it, "" for none."""
    lines = [line.strip() for line in errors.decode("utf-8", "replace").splitlines()]
    return next((line for line in reversed(lines) if line), "")


async def start(
    argv: Sequence[str], *, stdin: int, stdout: int, stderr: int, pass_fds: Sequence[int] = ()
) -> asyncio.subprocess.Process:
    """Start a program in a process group of its own; end it with stop(). Raises VoiceError."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *argv, stdin=stdin, stdout=stdout, stderr=stderr, pass_fds=pass_fds, start_new_session=True
        )
    )
    try:
        # Shielded: asyncio, cancelled while it starts a program, reaps it behind its own watcher's back.
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            await stop(await starting)
        raise
    except FileNotFoundError as error:
        raise ProgramMissingError(f"the program {argv[0]!r} is not installed") from error
    except OSError as error:
        raise VoiceError(f"the program {argv[0]!r} can't be started: {error.strerror or error}") from error


async def stop(process: asyncio.subprocess.Process) -> None:
    """Kill the program with all that it started, and reap it. Does nothing to one that has ended."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    # Shielded: a second cancellation ends our wait, but not the reaping.
    await asyncio.shield(asyncio.ensure_future(_reaped(process)))


async def _reaped(process: asyncio.subprocess.Process) -> None:
    """Until it has ended. asyncio sees that only once the output was read to its end, and stops reading while
    much of it waits."""
    if process.stdout is not None:
        with contextlib.suppress(RuntimeError):  # somebody else reads it
            await process.stdout.read()
    await process.wait()


@contextlib.asynccontextmanager
async def running(
    argv: Sequence[str], *, stdin: int, stdout: int, stderr: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that is dead and reaped at the end of the block, whichever way that ends."""
    process = await start(argv, stdin=stdin, stdout=stdout, stderr=stderr)
    try:
        yield process
    finally:
        await stop(process)


async def run(argv: Sequence[str], given: bytes, limit: float) -> Finished:
    """Run a program to its end. Cancelling kills it.

    Args:
        argv: The program and its arguments.
        given: Its standard input.
        limit: Seconds that it may take.

    Returns:
        How it ended, whatever its exit status.

    Raises:
        ProgramMissingError: It is not installed.
        VoiceError: It can't be started, or takes too long.
    """
    with memory_file(given) as stdin, memory_file() as stdout, memory_file() as stderr:
        async with running(argv, stdin=stdin, stdout=stdout, stderr=stderr) as process:
            try:
                async with asyncio.timeout(limit):
                    status = await process.wait()
            except TimeoutError:
                raise VoiceError(f"{argv[0]} did not finish within {limit:g} s and was stopped") from None
        return Finished(status, read_all(stdout), last_line(read_all(stderr)))
