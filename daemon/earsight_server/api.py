"""The API of version 1: a photo in, JSON out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from threading import Event
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response

from earsight.language.languages import promises_safety
from earsight_server.answering import Answering
from earsight_server.answers import AskAnswer, DescribeAnswer, FindAnswer, Health, ReadAnswer, SpeakRequest
from earsight_server.metrics import Metrics
from earsight_server.refusal import Error, RefusedError
from earsight_server.speech import Speech, wav
from earsight_server.uploads import Upload, receive, watched
from earsight_server.wishes import AskWishes, DescribeWishes, FindWishes, Wishes, photo_operation, wishes

_AnyWishes = TypeVar("_AnyWishes", bound=Wishes)

REASONS = {
    400: "The request, or its form, can't be read.",
    401: "The server's token is missing.",
    403: "Another site's page may not use this server.",
    408: "The picture was sent too slowly.",
    413: "The picture is too large.",
    415: "The picture came as another type.",
    421: "The server is not called that.",
    422: "The picture can't be used, or a value is wrong.",
    500: "The server has made a mistake.",
    501: "What that takes is not installed.",
    503: "Too many photos wait, or the voice does not work. Retry-After says when to try again.",
}
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": Error, "description": text} for status, text in REASONS.items()
}


def photo_of(upload: Upload) -> bytes:
    """Raises RefusedError: There is none."""
    if upload.photo is not None:
        return upload.photo
    text = "No selected file." if upload.chosen else "No image file provided."
    raise RefusedError(HTTPStatus.BAD_REQUEST, text)


@asynccontextmanager
async def asked(request: Request, kind: type[_AnyWishes]) -> AsyncIterator[tuple[bytes, _AnyWishes, Event]]:
    """Receive a request.

    Yields:
        The photo, what is asked of it, and an event that is set when nobody waits for the answer any more.

    Raises:
        RefusedError: It has no photo, or asks for what there is not.
    """
    upload = await receive(request)
    photo, wanted = photo_of(upload), wishes(kind, upload.values)
    async with watched(request) as gone:
        yield photo, wanted, gone


def photo_routes(answering: Answering) -> APIRouter:
    """What takes a photo."""
    router = APIRouter(responses=ERRORS)

    @router.post(
        "/v1/describe",
        summary="Describe a photo",
        response_model_exclude_unset=True,
        openapi_extra=photo_operation(DescribeWishes),
    )
    async def describe(request: Request) -> DescribeAnswer:
        """What `earsight describe --json` prints of the photo; on request with the words as sound."""
        async with asked(request, DescribeWishes) as query:
            return (await answering.describe(*query)).answer

    @router.post(
        "/v1/read",
        summary="Read the text in a photo",
        response_model_exclude_unset=True,
        openapi_extra=photo_operation(Wishes),
    )
    async def read(request: Request) -> ReadAnswer:
        """Verbatim and in reading order; what a wearer hears of it, each part in its language."""
        async with asked(request, Wishes) as query:
            return await answering.read(*query)

    return router


def question_routes(answering: Answering) -> APIRouter:
    """What takes a photo and words."""
    router = APIRouter(responses=ERRORS)

    @router.post(
        "/v1/find",
        summary="Find a thing in a photo",
        response_model_exclude_unset=True,
        openapi_extra=photo_operation(FindWishes),
    )
    async def find(request: Request) -> FindAnswer:
        """Where it is, how likely that is, or that it is not seen."""
        async with asked(request, FindWishes) as query:
            return await answering.find(*query)

    @router.post(
        "/v1/ask",
        summary="Ask a question about a photo",
        response_model_exclude_unset=True,
        openapi_extra=photo_operation(AskWishes),
    )
    async def ask(request: Request) -> AskAnswer:
        """A question in words, answered with its doubt."""
        async with asked(request, AskWishes) as query:
            return await answering.ask(*query)

    return router


def speech_routes(speech: Speech) -> APIRouter:
    """What takes a text."""
    router = APIRouter(responses=ERRORS)

    @router.post(
        "/v1/speak",
        summary="Say a text",
        response_class=Response,
        responses={200: {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def speak(wanted: SpeakRequest) -> Response:
        """A WAV file. A text that may promise that a way is clear is not said."""
        if promises_safety(wanted.text):
            raise RefusedError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "The text may promise that a way is clear or safe, so it is not said.",
            )
        return Response(wav(await speech.say(wanted.text, wanted.language)), media_type="audio/wav")

    return router


def upkeep_routes(metrics: Metrics) -> APIRouter:
    """For who looks after the server."""
    router = APIRouter(responses=ERRORS)

    @router.get("/healthz", summary="Whether the server answers")
    async def health() -> Health:
        """Needs no token."""
        return Health()

    @router.get(
        "/metrics",
        summary="What the server counts",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def counted() -> Response:
        """For Prometheus."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
