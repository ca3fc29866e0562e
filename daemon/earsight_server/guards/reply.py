"""Answers of the guards themselves."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from earsight_server.refusal import RefusedError, error_body


def refused(refusal: RefusedError) -> Response:
    """A refusal as an answer. A refused body is not read to its end, so the connection ends as well."""
    return Response(
        refusal.body,
        refusal.status,
        {**refusal.headers, "Connection": "close"},
        "application/json",
    )


def fault() -> Response:
    """What is told of a fault of the server's own."""
    text = "The server has made a mistake; its log says where."
    return Response(
        error_body(text), HTTPStatus.INTERNAL_SERVER_ERROR, {"Connection": "close"}, "application/json"
    )


def to_login() -> Response:
    """Where a browser is sent that has not shown its token."""
    return RedirectResponse("/login", HTTPStatus.SEE_OTHER)


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks for something to show."""
    return "text/html" in Headers(scope=scope).get("accept", "")
