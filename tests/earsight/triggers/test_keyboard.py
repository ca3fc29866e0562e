import asyncio
import io
import os
import pty
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earsight.triggers.keyboard import KeyboardTrigger


def pressed(stream, seconds=0.5):
    """The gestures from a stream, and whether the end was asked for."""

    async def main():
        presses = []
        task = asyncio.create_task(KeyboardTrigger(stream).run(presses.append))
        done, _ = await asyncio.wait([task], timeout=seconds)
        if done:
            await task
        else:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return [str(press.gesture) for press in presses], bool(done)

    return asyncio.run(main())


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as read_end, os.fdopen(writer, "wb", buffering=0) as write_end:
        yield read_end, write_end


def test_lines_of_a_pipe(pipe):
    pipe[1].write(b"\nd\n L \r\nwhat?\n\nd")
    assert pressed(pipe[0]) == (["short", "double", "long", "short"], False)


def test_q_asks_for_the_end(pipe):
    pipe[1].write(b"\nq\nd\n")
    assert pressed(pipe[0], 20) == (["short"], True)


def test_the_end_of_the_pipe_ends_only_the_keyboard(pipe):
    pipe[1].write(b"l")
    pipe[1].close()
    assert pressed(pipe[0]) == (["long"], False)


def test_a_terminal():
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "rb", buffering=0) as terminal:
        os.write(ours, b"d\n\n")
        assert pressed(terminal) == (["double", "short"], False)
        os.close(ours)  # it hangs up
        assert pressed(terminal) == ([], False)


def test_dev_null():
    with Path(os.devnull).open("rb") as nothing:
        assert pressed(nothing) == ([], False)


def test_a_plain_file(tmp_path):
    (tmp_path / "keys").write_bytes(b"\nl\nq\n")
    with (tmp_path / "keys").open("rb") as file:
        assert pressed(file, 20) == (["short", "long"], True)


def test_an_endless_line_ends_the_keyboard():
    with Path("/dev/zero").open("rb") as zeros:
        assert pressed(zeros) == ([], False)


def test_closed_and_missing_streams(pipe, monkeypatch):
    pipe[0].close()
    assert pressed(pipe[0]) == ([], False)
    assert pressed(io.StringIO("\n")) == ([], False)
    monkeypatch.setattr(sys, "stdin", None)  # Python's own sign for a closed standard input
    assert pressed(None) == ([], False)


def test_a_descriptor_closed_behind_our_back():
    reader, writer = os.pipe()
    stream = os.fdopen(reader, "rb", buffering=0, closefd=False)
    os.close(reader)
    os.close(writer)
    assert pressed(stream) == ([], False)


@pytest.mark.parametrize("turns", range(6))
def test_cancelled_at_any_moment_nothing_watches_the_stream(pipe, turns):
    async def main():
        task = asyncio.create_task(KeyboardTrigger(pipe[0]).run(lambda _: None))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not asyncio.get_running_loop().remove_reader(pipe[0].fileno())

    asyncio.run(main())


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes(data):
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        gestures, _ = pressed(file, 0.02)
    assert len(gestures) <= data.count(b"\n") + 1
