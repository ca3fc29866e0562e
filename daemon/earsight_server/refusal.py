"""What a client is told when it gets no answer: a status and one line, as {"error"}."""

from __future__ import annotations

import json
import traceback
from http import HTTPStatus

from pydantic import BaseModel, Field

from earsight.cameras.photos import PhotoError
from earsight.errors import CaptionerError, EarsightError
from earsight.readers.reader import ReaderError


class RefusedError(EarsightError):
    """A request that is not answered as asked.

    Attributes:
        status: Of the answer.
        headers: Of the answer, besides its type.
    """

    def __init__(self, status: HTTPStatus, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers or {}

    def __reduce__(self) -> tuple[type[RefusedError], tuple[HTTPStatus, str, dict[str, str]]]:
        """For other processes: an exception is copied with its text alone otherwise."""
        return type(self), (self.status, str(self), self.headers)

    @property
    def body(self) -> bytes:
        """Of the answer: JSON."""
        return error_body(str(self))


class Error(BaseModel):
    """Why a request got no answer."""

    error: str = Field(
        description="What is wrong, and what to do about it.", examples=["The picture is empty."]
    )


def error_body(text: str) -> bytes:
    """The JSON of an error."""
    return json.dumps({"error": text}).encode()


def busy(what: str) -> RefusedError:
    """There is too much to do at the moment."""
    return RefusedError(
        HTTPStatus.SERVICE_UNAVAILABLE, f"{what} Try again in a moment.", {"Retry-After": "1"}
    )


def mistake() -> RefusedError:
    """A fault of the server's own."""
    return RefusedError(
        HTTPStatus.INTERNAL_SERVER_ERROR, "The server has made a mistake; its log says where."
    )


_STATUSES: dict[type[EarsightError], HTTPStatus] = {
    PhotoError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReaderError: HTTPStatus.NOT_IMPLEMENTED,
    CaptionerError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def refusal_of(error: EarsightError) -> RefusedError:
    """How an error of the daemon is told."""
    if isinstance(error, RefusedError):
        return error
    kinds = (status for kind, status in _STATUSES.items() if isinstance(error, kind))
    return RefusedError(next(kinds, HTTPStatus.INTERNAL_SERVER_ERROR), str(error))


def place_of(error: Exception) -> str:
    """What kind of fault it was, and where, for a log. Its text may hold what a photo shows."""
    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {at.filename}:{at.lineno}"
