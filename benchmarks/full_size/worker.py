"""Each system in a process of its own, which is asked in turn: times are interleaved, memory is apart.

The child reads a question a line from its standard input, {"question": "search", "prefix": 5}, and writes the
answer as a line of JSON. It ends when its input does, and Linux kills it when its parent has died.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.full_size.picture import load_picture
from benchmarks.full_size.sizes import BY_NAME
from benchmarks.full_size.system import Job, Stages
from benchmarks.full_size.systems import build

ROOT = Path(__file__).parents[2]
_PR_SET_PDEATHSIG = 1


class WorkerError(Exception):
    """A worker ended by itself; it has said why on standard error."""


class Client(Protocol):
    """Asks a system the questions of InProcess.ask()."""

    def ask(self, question: str, **details: Any) -> Any:
        """Ask a question; the details are its arguments. Returns the answer."""
        pass

    def close(self) -> None:
        """End the system."""
        pass


class Worker:
    """The parent's end of a system in a child process.

    Attributes:
        job: What it is.
    """

    def __init__(self, job: Job) -> None:
        """Start the child.

        Args:
            job: What it is to be.
        """
        self.job = job
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, json.dumps(asdict(job)), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=child_environment(job.threads),
        )

    def ask(self, question: str, **details: Any) -> Any:
        """Ask a question.

        Args:
            question: A name.
            details: Its arguments.

        Returns:
            The answer.

        Raises:
            WorkerError: The child has ended.
        """
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # then it has no answer either
            self._child.stdin.write(json.dumps({"question": question, **details}) + "\n")
            self._child.stdin.flush()
        answer = self._child.stdout.readline()
        if not answer:
            status = self._child.wait()
            raise WorkerError(f"{self.job.system}: the worker ended with status {status}; it said why above")
        return json.loads(answer)

    def close(self) -> None:
        """Kill the child."""
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            assert stream is not None
            with contextlib.suppress(BrokenPipeError):
                stream.close()


class InProcess:
    """The child's end, or a system without a process of its own."""

    def __init__(self, job: Job) -> None:
        """Build the system.

        Args:
            job: What it is to be.
        """
        self._job, self._sizes = job, BY_NAME[job.sizes]
        self._system: Any = build(job, self._sizes)
        self._pixels = load_picture(job.photo)

    def ask(self, question: str, **details: Any) -> Any:
        """Answer a question.

        Args:
            question: caption (tokens, and seconds by stage), search with prefix=number (what is found),
                log_probs with prefix=number and tokens=list (of each), memory (of the process, in MB) or
                parameters.
            details: Its arguments.

        Returns:
            The answer, as JSON values.

        Raises:
            ValueError: There is no such question.
        """
        match question:
            case "caption":
                return self._caption()
            case "search":
                return self._system.search(self._prefix(**details))
            case "log_probs":
                tokens = tuple(details.pop("tokens"))
                return self._system.log_probs(self._prefix(**details), tokens)
            case "memory":
                return {"resident_mb": _status("VmRSS"), "peak_mb": _status("VmHWM")}
            case "parameters":
                return self._system.parameters
            case other:
                raise ValueError(f"no such question: {other}")

    def close(self) -> None:
        """Forget the system."""
        self._system = None

    def _caption(self) -> dict[str, Any]:
        stages = Stages()
        began = time.perf_counter()
        tokens = self._system.caption(self._pixels, stages)
        total = time.perf_counter() - began
        return {"tokens": tokens, "seconds": {**stages.seconds, "total": total}}

    def _prefix(self, prefix: int) -> np.ndarray:
        """One of the random prefixes, the same for all systems, whose numbers spread as the mapper's do."""
        stamp = (Path(self._job.folder) / "weights.json").read_text(encoding="utf-8")
        numbers = np.random.default_rng([8, prefix]).standard_normal(
            (self._sizes.prefix, self._sizes.width), np.float32
        )
        scaled: np.ndarray = np.float32(json.loads(stamp)["prefix_scale"]) * numbers
        return scaled


def child_environment(threads: int) -> dict[str, str]:
    """Return the environment of a child process.

    Args:
        threads: Of OpenMP.
    """
    paths = os.pathsep.join(str(ROOT / part) for part in ("", "daemon", "training"))
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([paths, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
        "OMP_NUM_THREADS": str(threads),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "TOKENIZERS_PARALLELISM": "false",
    }


def end_with(parent: int) -> None:
    """Let Linux kill this process when its parent dies.

    Args:
        parent: The parent's process number.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent has died")


def main() -> None:
    """Answer questions until the input ends."""
    end_with(int(sys.argv[2]))
    # What libraries print must not get among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    system = InProcess(Job(**json.loads(sys.argv[1])))
    for line in sys.stdin:
        answers.write(json.dumps(system.ask(**json.loads(line))) + "\n")
        answers.flush()


def _status(name: str) -> float:
    """A figure of this process, in megabytes of 2**20 bytes."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
