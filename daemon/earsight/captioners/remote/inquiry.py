"""One request to another machine, of which the answer comes in time, or not at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from typing import Any

from earsight.captioners.captioner import DecodingCancelledError
from earsight.captioners.remote.event_loop import EventLoopThread
from earsight.captioners.remote.failure import RemoteError
from earsight.captioners.remote.model import Answer
from earsight.system import time_limits

Request = Callable[[bytes], Coroutine[Any, Any, Answer]]
"""From a JPEG file to what is answered within a limit; raises RemoteError."""


class Inquiry:
    """Answers about one picture, as a whole and perhaps of its middle. Made and used in one thread."""

    def __init__(
        self,
        loop: EventLoopThread,
        request: Request,
        pictures: Sequence[bytes],
        limit: float,
        ended: Callable[[RemoteError | None], None],
    ) -> None:
        """Sends the request.

        Args:
            loop: Runs it.
            request: Asks the other machine about a picture.
            pictures: JPEG files, at least one. An answer to the others is welcome, but not needed.
            limit: Seconds for all of it.
            ended: Told of the answer to the first picture, or what came instead, in the loop's thread. Not
                told if the request is called off.
        """
        self._ended = ended
        self._deadline = time.monotonic() + limit + time_limits.REMOTE_SLACK
        self._future: Future[list[Answer]] = loop.submit(self._ask(request, pictures))

    def wait(self, cancelled: Callable[[], bool]) -> list[Answer]:
        """Wait for the answers.

        Returns:
            That to the first picture, and those that have come to the others.

        Raises:
            RemoteError: There is none.
            DecodingCancelledError: `cancelled` said so; the request was called off.
        """
        while time.monotonic() < self._deadline:
            if cancelled():
                self.call_off()
                raise DecodingCancelledError
            try:
                return self._future.result(time_limits.REMOTE_POLL)
            except NotYetError:
                continue
        self.call_off()
        error = RemoteError("the request to the other machine hangs")
        self._ended(error)
        raise error

    def call_off(self) -> None:
        """Nobody waits any more: end the request, and close its connection."""
        self._future.cancel()

    async def _ask(self, request: Request, pictures: Sequence[bytes]) -> list[Answer]:
        first, *others = (asyncio.ensure_future(request(picture)) for picture in pictures)
        try:
            answer = await first
        except RemoteError as error:
            self._ended(error)
            raise
        else:
            self._ended(None)
            found = await asyncio.gather(*others, return_exceptions=True)
            return [answer, *(each for each in found if isinstance(each, Answer))]
        finally:
            for task in (first, *others):
                task.cancel()
