"""What the page says: messages of the server's own catalogues, which script/catalogues compiles."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path

from earsight.language.catalogue import Catalogue
from earsight.language.groups import Doubt
from earsight.message import Message, message
from earsight.scene import Direction

FOLDER = Path(__file__).with_name("locale")
DOMAIN = "earsight_server"

PAGE = {
    "title": message("page.title"),
    "intro": message("page.intro"),
    "warning": message("page.warning"),
    "photo": message("page.photo"),
    "take": message("page.take"),
    "choose": message("page.choose"),
    "drop": message("page.drop"),
    "preview": message("page.preview"),
    "no_photo": message("page.no_photo"),
    "question": message("page.question"),
    "describe": message("page.describe"),
    "detail": message("page.detail"),
    "read": message("page.read"),
    "thing": message("page.thing"),
    "find": message("page.find"),
    "ask_label": message("page.ask_label"),
    "ask": message("page.ask"),
    "sound": message("page.sound"),
    "answer": message("page.answer"),
    "working": message("page.working"),
    "listen": message("page.listen"),
    "things": message("page.things"),
    "what": message("page.what"),
    "where": message("page.where"),
    "likelihood": message("page.likelihood"),
    "history": message("page.history"),
    "keep": message("page.keep"),
    "forget": message("page.forget"),
    "nothing_kept": message("page.nothing_kept"),
    "privacy": message("page.privacy"),
    "other_language": message("page.other_language"),
    "unreachable": message("page.unreachable"),
    "too_large": message("error.too_large"),
    "login": message("login.title"),
    "token": message("login.token"),
    "token_hint": message("login.hint"),
    "enter": message("login.enter"),
    "wrong_token": message("login.wrong"),
}

DIRECTIONS = {
    Direction.LEFT: message("where.left"),
    Direction.AHEAD: message("where.ahead"),
    Direction.RIGHT: message("where.right"),
}
CLOSE = message("where.close")
UNKNOWN = message("where.unknown")

DOUBTS = {
    Doubt.PLAIN: message("doubt.likely"),
    Doubt.PROBABLE: message("doubt.probable"),
    Doubt.DOUBTFUL: message("doubt.unsure"),
}

ERRORS = {
    HTTPStatus.BAD_REQUEST: message("page.no_photo"),
    HTTPStatus.REQUEST_TIMEOUT: message("error.slow"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: message("error.too_large"),
    HTTPStatus.UNPROCESSABLE_ENTITY: message("error.not_a_photo"),
    HTTPStatus.NOT_IMPLEMENTED: message("error.not_installed"),
    HTTPStatus.SERVICE_UNAVAILABLE: message("error.busy"),
}
UNKNOWN_THING = message("error.unknown_thing")
NO_QUESTION = message("error.no_question")
FAULT = message("error.fault")


@cache
def catalogue(code: str) -> Catalogue:
    """The page's words in a language."""
    return Catalogue(code, str, FOLDER, DOMAIN)


def text(wanted: Message, code: str) -> str:
    """A message in a language."""
    return catalogue(code).text(wanted)


@cache
def page_words(code: str) -> dict[str, str]:
    """All that the page says without a photo, by the names that its templates have for it."""
    return {name: text(wanted, code) for name, wanted in PAGE.items()}
