"""The application: routes, what becomes of errors, and the guards around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import get_args

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from earsight import __version__
from earsight.captioners.captioner import DecodingCancelledError
from earsight.config.schema import Config, LanguageCode
from earsight.errors import EarsightError
from earsight_server.answering import Answering
from earsight_server.api import photo_routes, question_routes, speech_routes, upkeep_routes
from earsight_server.engine import Engine
from earsight_server.guards.access import AccessGuard, Token
from earsight_server.guards.answers import AnswerGuard
from earsight_server.guards.bodies import BodyGuard
from earsight_server.guards.names import NameGuard
from earsight_server.guards.reply import fault, refused
from earsight_server.local_engine import LocalEngine
from earsight_server.metrics import Metrics
from earsight_server.page import login_routes, page_routes
from earsight_server.published import published_api
from earsight_server.refusal import RefusedError, refusal_of
from earsight_server.settings import Limits
from earsight_server.speech import Speech

_NO_TELEMETRY = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)
"""Whatever variables a machine has set for its other programs: FastAPI would tell a collector of requests."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who can reach the server, and how.

    Attributes:
        names: By which it may be reached, besides addresses, without ports.
        token: What has to be shown; None: nothing, since only this machine's own programs reach it.
        secure: Whether it speaks TLS.
        pages: Whether browsers may show the token.
    """

    names: frozenset[str] = frozenset({"localhost"})
    token: Token | None = None
    secure: bool = False
    pages: bool = True


def create_app(
    config: Config,
    exposure: Exposure | None = None,
    limits: Limits | None = None,
    *,
    engine: Engine | None = None,
    speech: Speech | None = None,
) -> ASGIApp:
    """The whole application, with its guards.

    Args:
        config: Of models, wording and voice.
        exposure: Who can reach it; None: this machine's own programs.
        limits: What a client may take.
        engine: Looks at photos; None: the configured models, in one thread.
        speech: Speaks; None: with the configured voice.
    """
    exposure, limits = exposure or Exposure(), limits or Limits()
    engine, speech = engine or LocalEngine(config, limits), speech or Speech(config)
    metrics = Metrics()
    app = _application(config, engine, speech, metrics)
    app.include_router(page_routes(Answering(config, engine, speech), limits))
    if exposure.token is not None and exposure.pages:
        app.include_router(login_routes(exposure.token, secure=exposure.secure))
    bodies = BodyGuard(app, limits)
    metrics.show("photos_waiting", "Photos that are looked at, or wait for it.", lambda: engine.waiting)
    metrics.show("buffered_bytes", "Request bodies in memory.", lambda: bodies.buffered)
    guarded: ASGIApp = bodies
    if exposure.token is not None:
        guarded = AccessGuard(guarded, exposure.token, pages=exposure.pages)
    return AnswerGuard(NameGuard(guarded, exposure.names), metrics, secure=exposure.secure)


def _application(config: Config, engine: Engine, speech: Speech, metrics: Metrics) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await engine.warm_up(get_args(LanguageCode))
        yield
        engine.close()
        await speech.close()

    app = FastAPI(
        title="Earsight",
        version=__version__,
        summary="Says what is in a photo, offline. It never says that a way is clear or safe.",
        lifespan=lifespan,
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        telemetry=_NO_TELEMETRY,
    )
    answering = Answering(config, engine, speech)
    for router in (
        photo_routes(answering),
        question_routes(answering),
        speech_routes(speech),
        upkeep_routes(metrics),
        published_api(answering, speech),
    ):
        app.include_router(router)
    _handle_errors(app)
    return app


def _handle_errors(app: FastAPI) -> None:
    """Every error as {"error"}."""

    @app.exception_handler(EarsightError)
    async def earsight_error(_request: Request, error: EarsightError) -> Response:
        return refused(refusal_of(error))

    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> Response:
        text = {404: "There is nothing under this address.", 405: "This address takes another method."}
        headers = dict(error.headers or {})
        return refused(
            RefusedError(HTTPStatus(error.status_code), text.get(error.status_code, error.detail), headers)
        )

    @app.exception_handler(RequestValidationError)
    async def wrong_values(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"][1:])) or "body"
        return refused(RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name[:40]}: {first['msg']}."))

    @app.exception_handler(Exception)
    async def own_fault(_request: Request, _error: Exception) -> Response:
        return fault()

    @app.exception_handler(DecodingCancelledError)
    async def nobody_waits(_request: Request, _error: DecodingCancelledError) -> Response:
        return Response(status_code=499)
