"""The server on Ray Serve: replicas by load, on any number of machines. See docs/server.md.

serve run earsight_server.ray_app:app
serve run earsight_server.ray_app:build config=earsight.yaml
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import ray
from pydantic import BaseModel, ConfigDict, ValidationError
from ray import serve
from ray.serve.handle import DeploymentHandle
from ray.serve.schema import LoggingConfig
from starlette.types import ASGIApp

from earsight.captioners.none import NoCaptioner
from earsight.config.loader import load_config
from earsight.config.schema import Config, LanguageCode
from earsight.errors import EarsightError
from earsight.readers.registry import build_reader
from earsight.vision.describer import Describer, LookRequest, build_describer
from earsight_server.app import Exposure, create_app
from earsight_server.engine import Seen
from earsight_server.guards.loopback import LoopbackGuard
from earsight_server.local_engine import LocalEngine
from earsight_server.ray_engine import RayEngine
from earsight_server.refusal import RefusedError, mistake, place_of, refusal_of
from earsight_server.settings import Limits
from earsight_server.token_file import known_token

_log = logging.getLogger(__name__)

_LIMITS = Limits()
_QUIET = LoggingConfig(enable_access_log=False, log_level="WARNING")
_AT_A_TIME = 2
"""Photos that a replica has: it looks at one while the next is on its way."""
_REQUESTS = 100
"""That a replica of the server answers at a time: nearly all of them wait for others."""
_GRACE = 30.0
"""Seconds that a replica which is replaced has for what it has begun."""


class Arguments(BaseModel):
    """What `serve run` and a Serve config file can say.

    Attributes:
        config: Settings file, as of `earsight serve`.
        names: By which it may be reached, besides addresses; they take a token.
        token: File of the token's hash. Without one, it answers this machine's own programs alone.
        tls: Whether it is reached by TLS.
    """

    model_config = ConfigDict(extra="forbid")

    config: Path | None = None
    names: frozenset[str] = frozenset()
    token: Path | None = None
    tls: bool = False


class Looking:
    """A deployment that looks at photos, one after the other, with models of its own."""

    def __init__(self, config: Config, build: Callable[[Config], Describer]) -> None:
        """Args:
        config: Of the models.
        build: Makes the describer.
        """
        self._engine = LocalEngine(_on_cores_of_replica(config), _LIMITS, build=build)

    async def look(self, photo: bytes, request: LookRequest, language: str) -> Seen | RefusedError:
        """See Engine. A refusal is returned: what is raised, Ray logs with all that it says."""
        gone = threading.Event()
        try:
            seen = await self._engine.look(photo, request, language, gone)
            return replace(seen, look=replace(seen.look, evidence=None))  # nobody there asks for it
        except EarsightError as error:
            return refusal_of(error)
        except asyncio.CancelledError:
            gone.set()
            raise
        except Exception as error:
            _log.error("a look failed: %s", place_of(error))
            return mistake()


class Captioning(Looking):
    """Looks for all but text."""

    async def __init__(self, config: Config) -> None:  # type: ignore[misc]  # Serve awaits it
        super().__init__(config, build_describer)
        await self._engine.warm_up(get_args(LanguageCode))


class Reading(Looking):
    """Reads text."""

    def __init__(self, config: Config) -> None:
        super().__init__(config, _only_reading)


class Server:
    """The application: requests, words and voice."""

    def __init__(
        self, config: Config, exposure: Exposure, captioning: DeploymentHandle, reading: DeploymentHandle
    ) -> None:
        self._config, self._exposure = config, exposure
        self._engine = RayEngine(captioning, reading)

    def __serve_build_asgi_app__(self) -> ASGIApp:
        app = create_app(self._config, self._exposure, _LIMITS, engine=self._engine)
        return app if self._exposure.token else LoopbackGuard(app)


def build(arguments: dict[str, Any]) -> serve.Application:
    """The application, for `serve run` and Serve config files.

    Args:
        arguments: See Arguments.

    Raises:
        EarsightError: One of them is wrong.
    """
    try:
        told = Arguments.model_validate(arguments)
    except ValidationError as error:
        first = error.errors()[0]
        raise EarsightError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    config, exposure = load_config(told.config), _exposure(told)
    return _server.bind(config, exposure, _captioning.bind(config), _reading.bind(config))


def _exposure(told: Arguments) -> Exposure:
    """Raises EarsightError: It has names and no token, or the token can't be read."""
    names = frozenset({"localhost", *(name.lower() for name in told.names)})
    if told.token is None:
        if told.names:
            raise EarsightError("names: others reach it by them, so it needs a token; see docs/server.md")
        return Exposure(names, secure=told.tls)
    return Exposure(names, known_token(told.token), told.tls, pages=told.tls)


def _on_cores_of_replica(config: Config) -> Config:
    """With as many threads as the replica has cores, where the settings say nothing else."""
    if config.captioner.threads:
        return config
    cores = ray.get_runtime_context().get_assigned_resources().get("CPU", 1)
    captioner = config.captioner.model_copy(update={"threads": max(1, round(cores))})
    return config.model_copy(update={"captioner": captioner})


def _only_reading(config: Config) -> Describer:
    return Describer(NoCaptioner(), reader=build_reader(config.text, config.captioner.threads))


_looks: dict[str, Any] = {
    "ray_actor_options": {"num_cpus": 1},
    "autoscaling_config": {"min_replicas": 1, "max_replicas": 4, "target_ongoing_requests": _AT_A_TIME},
    "max_ongoing_requests": _AT_A_TIME,
    "max_queued_requests": _LIMITS.waiting,
    "max_surge_percent": 100,
    "graceful_shutdown_timeout_s": _GRACE,
    "health_check_period_s": 5,
    "logging_config": _QUIET,
}
_captioning = serve.deployment(Captioning, **_looks)
_reading = serve.deployment(Reading, **_looks)
_server = serve.deployment(
    serve.ingress()(Server),
    # Where Serve's own proxy is: a request must not be lost with another machine than the one that took it.
    ray_actor_options={"num_cpus": 0, "resources": {"node:__internal_head__": 0.001}},
    max_ongoing_requests=_REQUESTS,
    max_surge_percent=100,
    graceful_shutdown_timeout_s=_GRACE,
    logging_config=_QUIET,
)

app = build({})
