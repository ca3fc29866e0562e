"""Answers of the guards themselves."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from earsight_server.refusal import RefusedError, mistake


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
    return refused(mistake())


def to_login() -> Response:
    """Where a browser is sent that has not shown its token."""
    return RedirectResponse("/login", HTTPStatus.SEE_OTHER)


def wants_page(scope: Scope) -> bool:
    """Whether a browser asks for something to show."""
    return "text/html" in Headers(scope=scope).get("accept", "")
