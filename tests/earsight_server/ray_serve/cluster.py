"""Two nodes of Ray on one machine, started as their owner would, and how one of them is lost."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

_PROGRAMS = Path(sys.executable).parent
HEAD, OTHER = "127.0.0.2", "127.0.0.3"
"""This machine's own addresses. Ray would take 127.0.0.1 for the address of some network card."""
PATIENCE = 120.0
"""Seconds for what takes some ten, on a machine that may be busy."""
_STORE = 100 * 2**20
_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",  # other tests, which may run beside, would come first
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
}


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Node:
    """A machine of the cluster: a process with all that it has started."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def processor_seconds(self) -> tuple[float, float]:
        """Of the replicas that look, and of all else that runs here, so far."""
        looking, rest = 0.0, 0.0
        for pid in _descendants(self._process.pid):
            with suppress(OSError):  # it has ended
                folder = Path(f"/proc/{pid}")
                seconds = sum(map(int, _stat(folder)[11:13])) / os.sysconf("SC_CLK_TCK")
                if b"Captioning" in (folder / "cmdline").read_bytes():
                    looking += seconds
                else:
                    rest += seconds
        return looking, rest

    def kill(self) -> None:
        """All at once, as if the current had failed."""
        if self._process.returncode is not None:
            return
        pids = [self._process.pid, *_descendants(self._process.pid)]
        for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped, none sees another one end, and tells
            for pid in pids:
                os.kill(pid, number)
        self._process.communicate()


def _descendants(pid: int) -> list[int]:
    parents = {int(folder.name): _parent(folder) for folder in Path("/proc").glob("[0-9]*")}
    found = [pid]
    for parent in found:
        found += [child for child, its in parents.items() if its == parent]
    return found[1:]


def _parent(folder: Path) -> int | None:
    try:
        return int(_stat(folder)[1])
    except OSError:  # it has ended
        return None


def _stat(folder: Path) -> list[str]:
    """Of a process, from its state on; see proc(5)."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


class Cluster:
    """Nodes, and what is served on them.

    Attributes:
        session: Folder of what Ray writes to disk.
        address: Of its control.
        head: The node with the control and the proxy.
    """

    head: Node

    def __init__(self, session: Path, memory: Path, environment: dict[str, str]) -> None:
        self.session = session
        self._memory, self._environment = memory, environment
        with socket.create_server((HEAD, 0)) as free:
            self.address = f"{HEAD}:{free.getsockname()[1]}"

    def start_head(self, cores: int) -> None:
        """Start the head, which says that it has so many cores."""
        port = self.address.rpartition(":")[2]
        self.head = self._start(
            "--head", "--port", port, "--temp-dir", str(self.session), node=HEAD, cores=cores
        )

    @contextmanager
    def other_node(self) -> Iterator[Node]:
        """A second machine; it may be killed."""
        node = self._start("--address", self.address, node=OTHER)
        try:
            yield node
        finally:
            node.kill()

    def _start(self, *words: str, node: str, cores: int = 1) -> Node:
        common = (
            f"--block --node-ip-address {node} --num-cpus {cores} --object-store-memory {_STORE} "
            f"--object-spilling-directory {self._memory} --include-dashboard false "
            "--min-worker-port 0 --max-worker-port 0 --dashboard-agent-listen-port 0"
        )
        if "--head" not in words:
            common = common.replace("--include-dashboard false ", "")
        process = subprocess.Popen(
            [_PROGRAMS / "ray", "start", *words, *common.split()],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        printed = ""
        while "Ray runtime started" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        return Node(process)

    def serve(self, file: Path) -> None:
        """Hand Serve a config file; it need not have happened yet."""
        subprocess.run(
            [_PROGRAMS / "serve", "run", "--non-blocking", "--address", self.address, file],
            env=self._environment,
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )


def configure() -> None:
    """Set what Ray reads when it is imported."""
    os.environ.update(_SETTINGS)


@contextmanager
def cluster(cores: int = 1) -> Iterator[Cluster]:
    """A head alone. Nothing of it is left afterwards."""
    session = Path(
        tempfile.mkdtemp(prefix="er", dir="/tmp")
    )  # the path of a socket has 107 characters at most
    memory = Path(tempfile.mkdtemp(prefix="er", dir="/dev/shm"))
    configure()
    path = os.pathsep.join(filter(None, sys.path))
    made = Cluster(session, memory, os.environ | {"PYTHONPATH": path})
    made.start_head(cores)
    try:
        ray = _connected(made.address)
        yield made
        ray.shutdown()
    finally:
        made.head.kill()
        for folder in (session, memory):
            shutil.rmtree(folder)


def _connected(address: str) -> ModuleType:
    import ray

    ray.init(address, _node_ip_address=HEAD, log_to_driver=False, logging_level="ERROR")
    return ray
