"""Looking at photos: off the event loop, one after the other, and only so many at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from earsight.cameras.photos import load_photo_bytes
from earsight.config.schema import Config
from earsight.scene import Frame
from earsight.vision.describer import Describer, Look, LookRequest, build_describer
from earsight_server.refusal import busy
from earsight_server.settings import Limits

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Seen:
    """A photo that was looked at.

    Attributes:
        look: What was found.
        frame: Its pixels.
        loading: Seconds for reading the file.
    """

    look: Look
    frame: Frame
    loading: float


class Engine:
    """The describers, each in a thread of its own: a Describer is not for two threads at once."""

    def __init__(
        self,
        config: Config,
        limits: Limits,
        *,
        workers: int = 1,
        build: Callable[[Config], Describer] = build_describer,
    ) -> None:
        """Loads nothing yet; see warm_up().

        Args:
            config: Of the models. Its language does not matter.
            limits: How many photos may wait, and how large they may be.
            workers: Photos that are looked at side by side, each by models of its own.
            build: Makes a describer.
        """
        self._config, self._limits, self._workers, self._build = config, limits, workers, build
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="look")
        self._own = threading.local()
        self._admitted = 0

    @property
    def waiting(self) -> int:
        """Photos that are looked at, or wait for it."""
        return self._admitted

    async def warm_up(self, languages: tuple[str, ...]) -> None:
        """Load the models, so that the first photo need not wait for them.

        Raises:
            CaptionerError: They can't be loaded.
        """
        ready = threading.Barrier(self._workers)

        def load() -> None:
            for language in languages:
                self._describer(language).warm_up()
            ready.wait()  # or one thread would take the work of all

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._pool, load) for _ in range(self._workers)))

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

        def work() -> Seen:
            began = time.perf_counter()
            frame = Frame(load_photo_bytes(photo, self._limits.megapixels), time.monotonic())
            loading = time.perf_counter() - began
            return Seen(self._describer(language).describe(frame, request, gone.is_set), frame, loading)

        return await self._run(work)

    async def can_read(self) -> bool:
        """Whether it has a reader of text."""
        return await self._run(lambda: self._describer("en").can_read)

    async def _run(self, work: Callable[[], _T]) -> _T:
        if self._admitted >= self._workers + self._limits.waiting:
            raise busy("Too many photos are waiting to be described.")
        self._admitted += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._admitted -= 1

    def _describer(self, language: str) -> Describer:
        """This thread's own. One for each language: a captioner has the decoder of one language loaded."""
        describers: dict[str, Describer] = self._own.__dict__.setdefault("describers", {})
        if language not in describers:
            describers[language] = self._build(self._config.model_copy(update={"language": language}))
        return describers[language]

    def close(self) -> None:
        """What waits is not begun any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
