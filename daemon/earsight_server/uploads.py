"""Photos that are sent: as the body of a request or as a file of a form. They stay in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from earsight_server.refusal import RefusedError

FORM = "multipart/form-data"
_RAW = "application/octet-stream"
_MAX_FIELDS = 16


@dataclass(frozen=True, slots=True)
class Upload:
    """What a client has sent.

    Attributes:
        photo: The content of the file; None where there is none. Its name is nobody's business.
        chosen: Whether a file was chosen, although it may be missing: a form without one sends an empty name.
        values: What else it says, by name: of a form's fields, before the query.
    """

    photo: bytes | None
    chosen: bool
    values: Mapping[str, str]


class _InMemory(MultiPartParser):
    """Starlette's parser, which writes larger files to the disk otherwise."""

    spool_max_size = 0  # of a SpooledTemporaryFile: without bound; the body's size is bounded


async def receive(request: Request, photo_fields: tuple[str, ...] = ("image",)) -> Upload:
    """Take what a client sends.

    Args:
        request: A form, or a picture as it is.
        photo_fields: Names that a form's file may have. The first that was chosen counts.

    Raises:
        RefusedError: It is neither, or no whole form.
    """
    kind = parse_options_header(request.headers.get("content-type"))[0].decode("latin-1").lower()
    query = _single(list(request.query_params.multi_items()))
    if kind == FORM:
        return await _form(request, photo_fields, query)
    if kind == _RAW or kind.startswith("image/"):
        body = await request.body()
        return Upload(body or None, bool(body), query)
    raise RefusedError(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        f"Send the picture as the file `image` of a form ({FORM}), or as the body with its type, "
        "such as image/jpeg.",
    )


async def _form(request: Request, photo_fields: tuple[str, ...], query: dict[str, str]) -> Upload:
    parser = _InMemory(
        request.headers,
        request.stream(),
        max_files=len(photo_fields),
        max_fields=_MAX_FIELDS,
        max_part_size=4096,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"The form can't be read: {error.message}") from error
    items = form.multi_items()
    try:
        files = {name: value for name, value in items if isinstance(value, UploadFile)}
        if unknown := files.keys() - set(photo_fields):
            raise RefusedError(
                HTTPStatus.BAD_REQUEST,
                f"No image file provided: the file is called {min(unknown)!r:.40}, not image.",
            )
        values = query | _single([(name, value) for name, value in items if isinstance(value, str)])
        chosen = next((file for name in photo_fields if (file := files.get(name)) and file.filename), None)
        photo = None if chosen is None else await chosen.read()
    finally:
        await form.close()
    return Upload(photo, bool(files), values)


def _single(items: list[tuple[str, str]]) -> dict[str, str]:
    """Raises RefusedError: A name comes twice."""
    values = dict(items)
    if len(values) < len(items):
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "A value is given twice.")
    return values


@asynccontextmanager
async def watched(request: Request) -> AsyncIterator[threading.Event]:
    """An event that is set when the client of a request, whose body was read, goes away."""
    gone = threading.Event()

    async def wait() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        gone.set()

    watching = asyncio.create_task(wait())
    try:
        yield gone
    finally:
        watching.cancel()
