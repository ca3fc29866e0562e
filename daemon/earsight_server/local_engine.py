"""Looking at photos in this process: one after the other, in threads of their own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from earsight.cameras.photos import load_photo_bytes
from earsight.captioners.captioner import DecodingCancelledError
from earsight.config.schema import Config
from earsight.scene import Frame
from earsight.vision.colour import MIDDLE, colour_of
from earsight.vision.describer import Describer, LookRequest, build_describer
from earsight_server.engine import Seen
from earsight_server.refusal import busy
from earsight_server.settings import Limits


class LocalEngine:
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
        """See Engine: each thread loads its own."""
        ready = threading.Barrier(self._workers)

        def load() -> None:
            for language in languages:
                self._describer(language).warm_up()
            ready.wait()  # or one thread would take the work of all

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._pool, load) for _ in range(self._workers)))

    async def look(self, photo: bytes, request: LookRequest, language: str, gone: threading.Event) -> Seen:
        """See Engine."""

        def work() -> Seen:
            if gone.is_set():  # while it waited
                raise DecodingCancelledError
            began = time.perf_counter()
            frame = Frame(load_photo_bytes(photo, self._limits.megapixels), time.monotonic())
            loading = time.perf_counter() - began
            look = self._describer(language).describe(frame, request, gone.is_set)
            middle = colour_of(frame.pixels, MIDDLE) if request.colours else None
            return Seen(look, middle, loading)

        if self._admitted >= self._workers + self._limits.waiting:
            raise busy("Too many photos are waiting to be described.")
        self._admitted += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._admitted -= 1

    def _describer(self, language: str) -> Describer:
        """This thread's own. Where a model has several languages, one for each: its captioner has the decoder
        of one loaded."""
        describers: dict[str, Describer] = self._own.__dict__.setdefault("describers", {})
        if language not in describers:
            loaded = (each for each in describers.values() if len(each.languages) == 1)
            describers[language] = next(loaded, None) or self._build(
                self._config.model_copy(update={"language": language})
            )
        return describers[language]

    def close(self) -> None:
        """What waits is not begun any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
