"""An Earsight server: `POST /v1/describe` for captions, and `POST /v1/ask` for answers to questions."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from earsight.captioners.remote.failure import RemoteError
from earsight.captioners.remote.model import Answer
from earsight.captioners.remote.prompts import PROMPTS
from earsight.captioners.remote.transport import Transport


class _Described(BaseModel):
    """The part of an answer that is read. A server without a calibration is not worth more than its text."""

    caption: Annotated[str, Field(max_length=20_000)] | None
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None
    language: str | None


class _Asked(BaseModel):
    """The same of an answer to a question. It is null where the server has no model that can be asked
    anything: what its detector sees, this device has asked its own."""

    answer: Annotated[str, Field(max_length=20_000)] | None = None
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None


_A = TypeVar("_A", bound=BaseModel)


class EarsightServer:
    """See RemoteModel."""

    def __init__(self, transport: Transport) -> None:
        """Args:
        transport: To the server.
        """
        self._transport = transport

    @property
    def server(self) -> str:
        return self._transport.server

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(PROMPTS)

    async def caption(self, picture: bytes, language: str, limit: float) -> Answer:
        found = self._read(
            _Described, await self._post("/v1/describe", picture, {"language": language}, limit)
        )
        if found.language not in (None, language):  # its model may have one language only
            return Answer("")
        return Answer(found.caption or "", confidence=found.confidence)

    async def answer(self, picture: bytes, question: str, language: str, limit: float) -> Answer:
        wanted = {"language": language, "question": question}
        found = self._read(_Asked, await self._post("/v1/ask", picture, wanted, limit))
        return Answer(found.answer or "", confidence=found.confidence)

    async def close(self) -> None:
        await self._transport.close()

    async def _post(self, path: str, picture: bytes, data: dict[str, str], limit: float) -> Any:
        files = {"image": ("picture.jpg", picture, "image/jpeg")}
        return await self._transport.post(path, limit, files=files, data=data)

    def _read(self, kind: type[_A], content: Any) -> _A:
        try:
            return kind.model_validate(content)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise RemoteError(f"{self.server}: not an answer of an Earsight server ({where})") from None
