"""Clients that ask without a pause, and keep every answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2

from tests.earsight_server.ray_serve.cluster import PATIENCE

_CLIENTS = 6


@dataclass
class Load:
    """What was answered.

    Attributes:
        answers: Status and JSON, in their order; an error of the connection has status 0.
    """

    answers: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    _more: threading.Condition = field(default_factory=threading.Condition)

    def add(self, status: int, answer: dict[str, object]) -> None:
        with self._more:
            self.answers.append((status, answer))
            self._more.notify_all()

    def wait_for(self, enough: Callable[[list[tuple[int, dict[str, object]]]], bool]) -> None:
        """Wait until that is true of the answers that come from now on."""
        begun = len(self.answers)
        with self._more:
            assert self._more.wait_for(lambda: enough(self.answers[begun:]), PATIENCE), self.answers[-3:]

    @property
    def failed(self) -> list[tuple[int, dict[str, object]]]:
        return [each for each in self.answers if each[0] != 200]


@contextmanager
def load(base: str, photo: bytes) -> Iterator[Load]:
    """Clients that have a photo described again and again, until the end of the block."""
    told, over = Load(), threading.Event()

    def ask() -> None:
        with httpx2.Client(base_url=base, timeout=PATIENCE) as client:
            while not over.is_set():
                try:
                    answer = client.post("/v1/describe", files={"image": photo})
                    told.add(answer.status_code, answer.json())
                except (httpx2.HTTPError, ValueError) as error:
                    told.add(0, {"error": repr(error)})

    clients = [threading.Thread(target=ask) for _ in range(_CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield told
    finally:
        over.set()
        for client in clients:
            client.join(PATIENCE)
