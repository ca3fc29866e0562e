"""A server as a real process, and its memory."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from benchmarks.full_size.worker import child_environment
from benchmarks.machine import cores
from benchmarks.server.load import as_form

_START, _FIRST, _END, _POLL, _SAMPLE = 120.0, 600.0, 15.0, 0.2, 0.25
"""Seconds for a start, for the first answer, for an end, between two looks whether it has started, and
between two samples of memory."""

MEGABYTE = 2**20


class ProgramError(Exception):
    """A server did not start, or has ended by itself."""


class Memory:
    """Samples the memory of a process and its children in a thread, until stop().

    Attributes:
        samples: Seconds since the first, and megabytes of 2**20 bytes that are in no other process: what
            several share counts in parts (PSS).
    """

    def __init__(self, pid: int) -> None:
        """Begin at once."""
        self.samples: list[tuple[float, float]] = []
        self._pid, self._stopped = pid, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._stopped.set()
        self._thread.join()

    @property
    def peak(self) -> float:
        """The largest sample."""
        return max((size for _, size in self.samples), default=0.0)

    def _run(self) -> None:
        began = time.monotonic()
        while not self._stopped.wait(_SAMPLE):
            self.samples.append((time.monotonic() - began, self._size()))

    def _size(self) -> float:
        import psutil

        total = 0
        with contextlib.suppress(psutil.NoSuchProcess):
            server = psutil.Process(self._pid)
            for process in (server, *server.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    total += process.memory_full_info().pss
        return total / MEGABYTE


class Program:
    """A server that runs.

    Attributes:
        url: Where, without a path.
        pid: Of its process.
    """

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.url, self.pid, self._process = url, process.pid, process

    @contextlib.contextmanager
    def memory(self) -> Iterator[Memory]:
        """Samples its memory during the block."""
        memory = Memory(self.pid)
        try:
            yield memory
        finally:
            memory.stop()

    def warm_up(self, path: str, picture: Path) -> None:
        """Let it answer once: what is used for the first time is slow.

        Args:
            path: Where a photo is sent.
            picture: The photo's file.
        """
        form, content_type = as_form(picture.read_bytes(), "first.jpg")
        question = urllib.request.Request(self.url + path, form, {"Content-Type": content_type})
        with urllib.request.urlopen(question, timeout=_FIRST) as answer:
            answer.read()

    def check(self) -> None:
        """Raises ProgramError: It has ended."""
        if self._process.poll() is not None:
            raise ProgramError(f"the server has ended with status {self._process.returncode}")


def earsight(
    settings: dict[str, object], folder: Path, workers: int
) -> contextlib.AbstractContextManager[Program]:
    """`earsight serve`.

    Args:
        settings: Of its settings file.
        folder: Where that is written.
        workers: Photos that it looks at side by side.
    """
    file = folder / "earsight.yaml"
    file.write_text(yaml.safe_dump(settings), encoding="utf-8")
    port = _free_port()
    words = ["-m", "earsight", "serve", "--port", str(port), "--config", str(file), "--workers", str(workers)]
    return _running(words, port)


@contextlib.contextmanager
def published_page(weights: Path, sizes: str) -> Iterator[Program]:
    """The published page's way of working; see published_page.py.

    Args:
        weights: Folder that full_size.prepare() has made.
        sizes: Their name.
    """
    port, module = _free_port(), "benchmarks.server.published_page"
    with (
        tempfile.TemporaryDirectory() as kept,
        _running(["-m", module, str(weights), sizes, kept, str(port)], port) as program,
    ):
        yield program


@contextlib.contextmanager
def _running(words: Sequence[str], port: int) -> Iterator[Program]:
    process = subprocess.Popen([sys.executable, "-P", *words], env=child_environment(cores()))
    program = Program(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_it_answers(program)
        yield program
        program.check()
    finally:
        process.terminate()
        try:
            process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(program: Program) -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        program.check()
        try:
            with urllib.request.urlopen(program.url, timeout=_POLL):
                return
        except OSError:
            time.sleep(_POLL)
    raise ProgramError(f"no answer from {program.url} within {_START:.0f} s")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
