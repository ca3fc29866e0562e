"""The contract of a model on another machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said.

    Attributes:
        text: As it came: of any length, in any form.
        log_probs: Log-probability of each token, at most 0; None where the server gives none.
        confidence: 0..1, by the server's own calibration; None where it has none.
        finished: Whether the text came to its end, and was not cut off.
    """

    text: str
    log_probs: tuple[float, ...] | None = None
    confidence: float | None = None
    finished: bool = True


class RemoteModel(Protocol):
    """Pictures to text, by one server. For one event loop; caption() and answer() raise RemoteError.

    Pictures are JPEG files, the limit is in seconds, and languages are codes of `languages`.
    """

    @property
    def server(self) -> str:
        """Its address, for people."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages that it can be asked for."""

    async def caption(self, picture: bytes, language: str, limit: float) -> Answer:
        """Have a picture described."""

    async def answer(self, picture: bytes, question: str, language: str, limit: float) -> Answer:
        """Have a question about a picture answered. One that it has no answer to has an empty text."""

    async def close(self) -> None:
        """Close its connections."""
