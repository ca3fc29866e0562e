"""Looking at photos in other processes, on any machine: in deployments of Ray Serve."""

from __future__ import annotations

import logging
import threading

from ray.exceptions import ActorDiedError, ActorUnavailableError, ObjectLostError
from ray.serve.exceptions import BackPressureError
from ray.serve.handle import DeploymentHandle

from earsight.captioners.captioner import DecodingCancelledError
from earsight.vision.describer import LookRequest
from earsight_server.engine import Seen
from earsight_server.refusal import RefusedError, busy, mistake

_log = logging.getLogger(__name__)

_ATTEMPTS = 3
"""At one photo. What a replica has begun is lost with it, so that it is asked for again here; the rest
Serve gives to another one by itself. A photo that ends whoever looks at it ends no more of them."""

_LOST = (ActorDiedError, ActorUnavailableError, ObjectLostError)


class RayEngine:
    """Asks the replicas of two deployments; which one of them is Serve's business, and so is who waits."""

    def __init__(self, captioning: DeploymentHandle, reading: DeploymentHandle) -> None:
        """Args:
        captioning: Looks for all but text.
        reading: Reads text.
        """
        self._captioning, self._reading = captioning, reading
        self._admitted = 0

    @property
    def waiting(self) -> int:
        """See Engine. Of this process alone."""
        return self._admitted

    async def warm_up(self, languages: tuple[str, ...]) -> None:
        """Serve has no replica look that has not loaded its models."""

    async def look(self, photo: bytes, request: LookRequest, language: str, gone: threading.Event) -> Seen:
        """See Engine. Serve cancels what was asked for a client that has gone."""
        handle = self._reading if request.text else self._captioning
        self._admitted += 1
        try:
            return await _asked(handle, photo, request, language, gone)
        finally:
            self._admitted -= 1

    def close(self) -> None:
        """What waits ends with this process."""


async def _asked(
    handle: DeploymentHandle, photo: bytes, request: LookRequest, language: str, gone: threading.Event
) -> Seen:
    for _ in range(_ATTEMPTS):
        if gone.is_set():
            raise DecodingCancelledError
        try:
            answer: Seen | RefusedError = await handle.look.remote(photo, request, language)
        except _LOST as error:
            _log.warning("a replica was lost (%s)", type(error).__name__)
            continue
        except BackPressureError:
            raise busy("Too many photos are waiting to be described.") from None
        if isinstance(answer, RefusedError):
            raise answer
        return answer
    raise mistake()
