"""Load on a server, by Locust in a process of its own: that it patches sockets is nobody else's business."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.full_size.worker import child_environment

_LONGEST_START = 60.0
"""Seconds for Locust to start and to end."""


class LoadError(Exception):
    """There was no load."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request.

    Attributes:
        began: When it was sent, in seconds since the epoch.
        seconds: Until the end of the answer.
        status: Of the answer; 0: there was none.
        captioned: Whether the answer has a caption.
        says_when: Whether it says when to try again.
    """

    began: float
    seconds: float
    status: int
    captioned: bool
    says_when: bool

    @property
    def ended(self) -> float:
        """When the answer was there, in seconds since the epoch."""
        return self.began + self.seconds


@dataclass(frozen=True, slots=True)
class Load:
    """What a server has to bear.

    Attributes:
        path: Where the photos are sent.
        seconds: How long.
        clients: Each sends the next photo when the last was answered. Not with a rate.
        rate: Photos a second at random times, whether or not those before were answered; 0: as the clients
            send them.
    """

    path: str
    seconds: float
    clients: int = 1
    rate: float = 0.0


def bear(url: str, load: Load, pictures: Path) -> list[Answered]:
    """Put a load on a server.

    Args:
        url: Of the server, without a path.
        load: How much.
        pictures: Folder of JPEG files.

    Returns:
        The requests that were answered before the time was over, in the order of their ends.

    Raises:
        LoadError: Locust failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.jsonl"
        environment = child_environment(1) | {
            "EARSIGHT_LOAD_PATH": load.path,
            "EARSIGHT_LOAD_RATE": str(load.rate),
            "EARSIGHT_LOAD_PATIENCE": str(load.seconds + _LONGEST_START),
            "EARSIGHT_LOAD_PICTURES": str(pictures),
            "EARSIGHT_LOAD_RESULTS": str(results),
        }
        locust = subprocess.run(
            _command(url, load),
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=load.seconds + _LONGEST_START,
        )
        if locust.returncode:
            raise LoadError(f"Locust ended with status {locust.returncode}: {locust.stderr[-2000:]}")
        return parsed(results.read_text(encoding="utf-8"))


def _command(url: str, load: Load) -> list[str]:
    users = str(1 if load.rate else load.clients)
    return [
        *(sys.executable, "-P", "-m", "locust", "-f", str(Path(__file__).with_name("locustfile.py"))),
        *("--headless", "--host", url, "--users", users, "--spawn-rate", users),
        *("--run-time", f"{load.seconds:.0f}s", "--stop-timeout", "0"),
        *("--exit-code-on-error", "0", "--loglevel", "ERROR", "--only-summary"),
    ]


def parsed(lines: str) -> list[Answered]:
    """Read the file of locustfile.py. Its last line may be cut off: Locust's end may have been in between."""
    found = []
    for line in lines.splitlines():
        try:
            found.append(Answered(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return sorted(found, key=lambda each: each.ended)


def as_form(picture: bytes, name: str) -> tuple[bytes, str]:
    """A photo as a browser's form has it, and its Content-Type.

    Args:
        picture: Content of a JPEG file.
        name: Of the file.
    """
    boundary = "earsight-load"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    form = head.encode() + picture + f"\r\n--{boundary}--\r\n".encode()
    return form, f"multipart/form-data; boundary={boundary}"
