"""Servers of others, started as programs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx2


@contextmanager
def started(
    program: Callable[[str], Sequence[str]], environment: Mapping[str, str], limit: float = 300
) -> Iterator[str]:
    """Start a server that says at /health whether it is there, and end it with its workers.

    Args:
        program: From a port to the words after `python`.
        environment: Beside this process's.
        limit: Seconds until it has to be there.

    Yields:
        The address of its API.
    """
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    words = [sys.executable, *program(str(port))]
    child = subprocess.Popen(words, env=os.environ | environment, start_new_session=True)
    try:
        deadline = time.monotonic() + limit
        while not _is_there(port):
            assert child.poll() is None, "it does not start"
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait(30)


def _is_there(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/health", trust_env=False).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False
