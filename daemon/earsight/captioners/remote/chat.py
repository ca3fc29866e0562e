"""A server of OpenAI's chat completions API, with pictures: llama.cpp, Ollama, vLLM, transformers serve."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from earsight.captioners.remote.failure import RemoteError
from earsight.captioners.remote.model import Answer
from earsight.captioners.remote.prompts import PROMPTS
from earsight.captioners.remote.transport import Transport

_REFUSED = (400, 422)
"""How servers answer a request with a field that they don't have."""


class _Token(BaseModel):
    logprob: Annotated[float, Field(allow_inf_nan=False)]


class _LogProbs(BaseModel):
    content: list[_Token] | None = None


class _Message(BaseModel):
    content: Annotated[str, Field(max_length=20_000)]


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None
    logprobs: _LogProbs | None = None


class _Completion(BaseModel):
    """The part of an answer that is read. https://platform.openai.com/docs/api-reference/chat"""

    choices: Annotated[list[_Choice], Field(min_length=1)]


class ChatModel:
    """A model of such a server. See RemoteModel."""

    def __init__(
        self,
        transport: Transport,
        model: str,
        prompts: Mapping[str, str] | None = None,
        max_tokens: int = 60,
    ) -> None:
        """Args:
        transport: To the server.
        model: Its name there.
        prompts: What is asked instead of Earsight's own words, by the code of the language.
        max_tokens: Of an answer.
        """
        self._transport, self._model, self._max_tokens = transport, model, max_tokens
        self._captions = {code: own.caption for code, own in PROMPTS.items()} | dict(prompts or {})
        self._log_probs = True

    @property
    def server(self) -> str:
        return self._transport.server

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._captions)

    async def caption(self, picture: bytes, language: str, limit: float) -> Answer:
        return await self._asked(self._captions[language], picture, language, limit)

    async def answer(self, picture: bytes, question: str, language: str, limit: float) -> Answer:
        asked = PROMPTS.get(language, PROMPTS["en"]).question.format(question=question)
        return await self._asked(asked, picture, language, limit)

    async def close(self) -> None:
        await self._transport.close()

    async def _asked(self, text: str, picture: bytes, language: str, limit: float) -> Answer:
        """Where a server knows no log-probabilities, it is asked once more without, and from then on."""
        request = self._request(f"{text} {PROMPTS.get(language, PROMPTS['en']).never}", picture)
        ends = asyncio.get_running_loop().time() + limit
        with_log_probs = self._log_probs
        try:
            return self._read(
                await self._post(request | ({"logprobs": True} if with_log_probs else {}), limit)
            )
        except RemoteError as error:
            if not with_log_probs or error.status not in _REFUSED:
                raise
        left = ends - asyncio.get_running_loop().time()
        answer = self._read(await self._post(request, left))
        self._log_probs = False
        return answer

    async def _post(self, body: Mapping[str, Any], limit: float) -> Any:
        return await self._transport.post("/chat/completions", limit, json=body)

    def _request(self, text: str, picture: bytes) -> dict[str, Any]:
        url = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
        parts = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": url}}]
        return {
            "model": self._model,
            "messages": [{"role": "user", "content": parts}],
            "max_tokens": self._max_tokens,
            "temperature": 0,
            "stream": False,
        }

    def _read(self, content: Any) -> Answer:
        try:
            choice = _Completion.model_validate(content).choices[0]
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise RemoteError(f"{self.server}: not an answer of OpenAI's chat API ({where})") from None
        tokens = choice.logprobs.content if choice.logprobs else None
        log_probs = tuple(min(0.0, token.logprob) for token in tokens or ()) or None
        return Answer(choice.message.content, log_probs, finished=choice.finish_reason != "length")
