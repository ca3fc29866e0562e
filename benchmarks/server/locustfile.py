"""What Locust runs: clients that send photos. load.py starts it, and says by the environment what is wanted.

Every answer becomes a line of the file RESULTS; see load.Answered.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import time
from pathlib import Path
from typing import Any

import gevent
from gevent.pool import Pool
from locust import FastHttpUser, constant, events, poisson, task

from benchmarks.server.load import as_form

_PATH = os.environ["EARSIGHT_LOAD_PATH"]
_RATE = float(os.environ["EARSIGHT_LOAD_RATE"])
_PATIENCE = float(os.environ["EARSIGHT_LOAD_PATIENCE"])
_MOST = 2000
"""Requests that are open at a time: were the server to hang, more would only fill this machine's memory."""

_results = Path(os.environ["EARSIGHT_LOAD_RESULTS"]).open("w", encoding="utf-8")  # noqa: SIM115
_names = (f"{number}.jpg" for number in itertools.count())
_pictures = [path.read_bytes() for path in sorted(Path(os.environ["EARSIGHT_LOAD_PICTURES"]).iterdir())]


class _Client(FastHttpUser):
    """Sends a photo as a form, as the published page and the device do."""

    abstract = True
    network_timeout = connection_timeout = _PATIENCE
    concurrency = _MOST

    def post(self) -> float:
        """Send one, and note what came.

        Returns:
            Seconds for which the server asks to be left alone.
        """
        began = time.time()
        clock = time.perf_counter()
        form, content_type = as_form(random.choice(_pictures), next(_names))
        answer = self.client.post(_PATH, data=form, headers={"Content-Type": content_type})
        seconds = time.perf_counter() - clock
        retry = (answer.headers or {}).get("retry-after", "")
        line = {
            "began": began,
            "seconds": seconds,
            "status": answer.status_code or 0,
            "captioned": answer.status_code == 200 and _is_captioned(answer.text),
            "says_when": retry.isdecimal(),
        }
        _results.write(json.dumps(line) + "\n")
        return float(retry) if retry.isdecimal() else 0.0


if _RATE:

    class Crowd(_Client):
        """Sends photos at random times, whether or not those before were answered (an open loop)."""

        wait_time = poisson(_RATE)

        def on_start(self) -> None:
            self._open = Pool(_MOST)

        @task
        def send(self) -> None:
            self._open.spawn(self.post)

else:

    class Client(_Client):
        """Sends the next photo when the last was answered, and waits for as long as a busy server asks."""

        wait_time = constant(0)

        @task
        def send(self) -> None:
            gevent.sleep(self.post())


def _is_captioned(text: str | None) -> bool:
    try:
        return bool(json.loads(text or "")["caption"])
    except (ValueError, KeyError, TypeError):
        return False


@events.quitting.add_listener
def _end(**_details: Any) -> None:
    _results.close()
