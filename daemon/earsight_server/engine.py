"""The contract of what looks at photos for the server: in this process, or in others."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from earsight.scene import Colour
from earsight.vision.describer import Look, LookRequest


@dataclass(frozen=True, slots=True)
class Seen:
    """A photo that was looked at.

    Attributes:
        look: What was found.
        middle: The colour in the middle, where colours were wanted and there is one.
        loading: Seconds for reading the file.
    """

    look: Look
    middle: Colour | None
    loading: float


class Engine(Protocol):
    """Looks at photos off the event loop, and only at so many at a time."""

    @property
    def waiting(self) -> int:
        """Photos that are looked at, or wait for it."""

    async def warm_up(self, languages: tuple[str, ...]) -> None:
        """Be ready, so that the first photo need not wait for models.

        Args:
            languages: Codes of those that captions will be wanted in.

        Raises:
            CaptionerError: A model can't be loaded.
        """

    async def look(self, photo: bytes, request: LookRequest, language: str, gone: threading.Event) -> Seen:
        """Look at a photo.

        Args:
            photo: The content of its file.
            request: What is wanted of it.
            language: Code of the language of captions.
            gone: Set when nobody waits for it any more.

        Raises:
            RefusedError: Too many photos wait.
            PhotoError: The photo can't be used.
            CaptionerError: An engine failed.
            ReaderError: It can't read.
            DecodingCancelledError: Nobody waits for it.
        """

    def close(self) -> None:
        """What waits is not begun any more."""
