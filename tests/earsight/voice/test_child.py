import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from earsight.voice import child
from earsight.voice.sound import VoiceError


def python(code):
    return [sys.executable, "-c", code]


def run(code, given=b"", limit=20.0):
    return asyncio.run(child.run(python(code), given, limit))


def test_input_output_and_status_come_through():
    finished = run("import sys; sys.stdout.write(sys.stdin.read().upper()); sys.exit(3)", b"-v hello")
    assert (finished.status, finished.output) == (3, b"-V HELLO")


def test_output_larger_than_any_pipe():
    assert len(run("print('x' * 5_000_000)").output) == 5_000_001


def test_the_last_line_of_standard_error_is_kept():
    assert run("import sys; print('first\\n\\nlast\\n  \\n', file=sys.stderr)").complaint == "last"


def test_a_missing_program_is_named():
    with pytest.raises(child.ProgramMissingError, match="no-such-program"):
        asyncio.run(child.run(["no-such-program"], b"", 5))


def test_a_program_that_can_not_be_executed(tmp_path):
    with pytest.raises(VoiceError, match="can't be started"):
        asyncio.run(child.run([str(tmp_path)], b"", 5))


def test_a_start_that_is_cancelled_ends_the_program_and_asyncio_reaps_it(monkeypatch):
    """Where asyncio itself is cancelled in it, it logs an unknown child process if that has ended already."""
    create, begun, cancelled, has_begun = asyncio.create_subprocess_exec, [], [], asyncio.Event()

    async def slow(*argv, **settings):
        begun.append(await create(*argv, **settings))
        has_begun.set()
        try:
            await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            cancelled.append(begun[-1])
            raise
        return begun[-1]

    async def trial():
        starting = asyncio.create_task(child.start(["sleep", "60"], stdin=-3, stdout=-3, stderr=-3))
        await has_begun.wait()
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
        assert cancelled == []
        assert begun[0].returncode == -signal.SIGKILL

    monkeypatch.setattr(asyncio, "create_subprocess_exec", slow)
    asyncio.run(trial())


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def slow_with_grandchild(path):
    """A program that starts another, writes both process ids and sleeps."""
    return python(
        "import os, pathlib, subprocess, sys, time\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"path = pathlib.Path({str(path)!r})\n"
        "path.with_suffix('.tmp').write_text(f'{os.getpid()} {other.pid}')\n"
        "path.with_suffix('.tmp').rename(path)\n"
        "time.sleep(60)\n"
    )


async def pids_in(path):
    while not path.exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.01)
    return [int(pid) for pid in path.read_text().split()]


async def wait_until_gone(pids):
    async with asyncio.timeout(20):
        while any(alive(pid) and not zombie_of_init(pid) for pid in pids):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def zombie_of_init(pid):
    """An orphan that a container's first process has not reaped yet: dead, and not ours to reap."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return True
    return state == "Z" and int(parent) != os.getpid()


def test_cancelling_kills_and_reaps_the_program_and_what_it_started(tmp_path):
    async def scenario():
        before = open_files()
        task = asyncio.create_task(child.run(slow_with_grandchild(tmp_path / "pids"), b"", 60))
        pids = await pids_in(tmp_path / "pids")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not alive(pids[0]), "killed, but not reaped"
        await wait_until_gone(pids)
        assert open_files() == before

    asyncio.run(scenario())


def test_a_program_that_takes_too_long_is_killed(tmp_path):
    async def scenario():
        with pytest.raises(VoiceError, match="within 1 s"):
            await child.run(slow_with_grandchild(tmp_path / "pids"), b"", 1)
        await wait_until_gone(await pids_in(tmp_path / "pids"))

    begin = time.monotonic()
    asyncio.run(scenario())
    assert time.monotonic() - begin < 30
