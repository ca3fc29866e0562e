"""The page: a form that works without a script, and answers that it shows."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Form, Request
from pydantic import Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from earsight.config.schema import LanguageCode
from earsight.errors import EarsightError
from earsight_server.answering import Answering, UnknownThingError
from earsight_server.answers import Answer
from earsight_server.api import photo_of
from earsight_server.guards.access import COOKIE, Token
from earsight_server.page_files import rendered, static_files
from earsight_server.page_things import Row
from earsight_server.refusal import RefusedError, refusal_of
from earsight_server.settings import Limits
from earsight_server.speech import VoiceFailedError
from earsight_server.uploads import receive, watched
from earsight_server.wishes import AskWishes, DescribeWishes, FindWishes, Wishes, wishes
from earsight_server.words import ERRORS, FAULT, NO_QUESTION, UNKNOWN_THING, page_words, text

LANGUAGES: tuple[str, ...] = get_args(LanguageCode)
_PHOTO_FIELDS = ("image", "camera")
_COOKIE_SECONDS = 30 * 24 * 3600


class PageWishes(Wishes):
    """What the page's form holds beside the photo."""

    action: Literal["describe", "detail", "read", "find", "ask"] = "describe"
    thing: str = Field(default="", max_length=60)
    question: str = Field(default="", max_length=200)


class NoQuestionError(RefusedError):
    """The page asks nothing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of an answer.

    Attributes:
        said: In words.
        sound: A WAV file in base64, if it is spoken.
        things: What was found.
        status: Of the HTTP answer.
    """

    said: str = ""
    sound: str = ""
    things: list[Row] = field(default_factory=list)
    status: HTTPStatus = HTTPStatus.OK


def page_routes(answering: Answering, limits: Limits) -> APIRouter:
    """The page, its files and its form."""
    router = APIRouter(include_in_schema=False)
    files = static_files()

    @router.get("/")
    async def page(request: Request) -> Response:
        return _page(Shown(), _language(request), limits)

    @router.get("/translation")
    async def in_indonesian() -> Response:
        return _page(Shown(), "id", limits)

    @router.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in files:
            raise RefusedError(HTTPStatus.NOT_FOUND, "There is nothing under this address.")
        content, kind = files[name]
        return Response(content, media_type=kind, headers={"Cache-Control": "max-age=300"})

    @router.post("/answer")
    async def answer(request: Request) -> Response:
        language = _language(request)
        try:
            upload = await receive(request, _PHOTO_FIELDS)
            language = _spoken(upload.values) or language
            wanted = wishes(PageWishes, upload.values)
            async with watched(request) as gone:
                shown = await _shown(answering, photo_of(upload), wanted, gone)
        except EarsightError as error:
            shown = _excuse(error, language)
        return _page(shown, language, limits)

    return router


async def _shown(answering: Answering, photo: bytes, wanted: PageWishes, gone: threading.Event) -> Shown:
    """The answer; without sound where the voice fails. Raises what Answering raises."""
    try:
        return await _answered(answering, photo, wanted, gone)
    except VoiceFailedError:
        silent = wanted.model_copy(update={"sound": False})
        return await _answered(answering, photo, silent, gone)


async def _answered(answering: Answering, photo: bytes, wanted: PageWishes, gone: threading.Event) -> Shown:
    """Raises RefusedError: A field is empty that the question needs, and others."""
    common = {"language": wanted.language, "sound": wanted.sound}
    things: list[Row] = []
    answer: Answer
    if wanted.action == "find":
        if not wanted.thing.strip():
            raise UnknownThingError(HTTPStatus.UNPROCESSABLE_ENTITY, "thing: There is none.")
        answer = await answering.find(photo, FindWishes(**common, thing=wanted.thing), gone)
    elif wanted.action == "read":
        answer = await answering.read(photo, Wishes(**common), gone)
    elif wanted.action == "ask":
        if not wanted.question.strip():
            raise NoQuestionError(HTTPStatus.UNPROCESSABLE_ENTITY, "question: There is none.")
        answer = await answering.ask(photo, AskWishes(**common, question=wanted.question), gone)
    else:
        described = await answering.describe(
            photo, DescribeWishes(**common, detail=wanted.action == "detail"), gone
        )
        answer, things = described.answer, described.things
    return Shown(answer.said, answer.sound.data if answer.sound else "", things)


def _excuse(error: EarsightError, language: str) -> Shown:
    """What the page says instead of an answer."""
    refusal = refusal_of(error)
    kinds = {UnknownThingError: UNKNOWN_THING, NoQuestionError: NO_QUESTION}
    said = kinds.get(type(refusal)) or ERRORS.get(refusal.status, FAULT)
    return Shown(text(said, language), status=refusal.status)


def login_routes(token: Token, *, secure: bool) -> APIRouter:
    """Where a browser shows the token, and gets a cookie for it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def ask(request: Request) -> Response:
        return _login(_language(request), wrong=False)

    @router.post("/login")
    async def enter(
        request: Request, token_shown: Annotated[str, Form(alias="token", max_length=200)]
    ) -> Response:
        if not token.is_shown(token_shown):
            return _login(_language(request), wrong=True)
        answer = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        answer.set_cookie(
            COOKIE, token.cookie, max_age=_COOKIE_SECONDS, httponly=True, secure=secure, samesite="strict"
        )
        return answer

    return router


def _login(language: str, *, wrong: bool) -> Response:
    page = rendered("login.html", language=language, words=page_words(language), wrong=wrong)
    return HTMLResponse(page, HTTPStatus.FORBIDDEN if wrong else HTTPStatus.OK)


def _page(shown: Shown, language: str, limits: Limits) -> Response:
    other = next(code for code in LANGUAGES if code != language)
    page = rendered(
        "page.html",
        language=language,
        other_language=other,
        other_address=f"/?language={other}",
        words=page_words(language),
        limit=limits.picture_bytes,
        said=shown.said,
        sound=shown.sound,
        things=shown.things,
    )
    return HTMLResponse(page, shown.status)


def _language(request: Request) -> str:
    """That of the address, or the one that the browser prefers."""
    if chosen := _spoken(request.query_params):
        return chosen
    preferred = (part.strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((code for code in preferred if code in LANGUAGES), LANGUAGES[0])


def _spoken(values: Mapping[str, str]) -> str | None:
    code = values.get("language")
    return code if code in LANGUAGES else None
