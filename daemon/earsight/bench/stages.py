"""The time of each stage of a caption, from the file of a photo to the text."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

from earsight.cameras.photos import load_photo
from earsight.captioners.decoder import Decoder
from earsight.inference.graph import Graph
from earsight.scene import Frame
from earsight.vision.describer import Describer
from earsight.vision.stages import Stage
from earsight_bundle.files import is_encoder

STAGES = ("preprocess", "encode", "place", "detect", "prefill", "step", "search", "decode", "total")
"""preprocess: the photo's file to the encoder's input. encode: to prefix and embedding. place, detect: to the
place, and from the picture to objects, of bundles that can. prefill: the prefix through the decoder. step:
one token of every live beam through the decoder. search: what else decoding takes, choosing beams and making
text. decode: prefill, steps and search. total: the whole caption."""


@dataclass(frozen=True, slots=True)
class Read:
    """One call of the decoder.

    Attributes:
        seconds: How long it took.
        rows: Vectors of the prefix, or live beams.
    """

    seconds: float
    rows: int


@dataclass(frozen=True, slots=True)
class Captioned:
    """One caption.

    Attributes:
        text: Its words.
        times: Seconds of the stages that are run once.
        prefix: The decoder's call for the prefix.
        steps: Its calls for the tokens.
        encoder: File of the encoder that was used.
    """

    text: str
    times: dict[str, float]
    prefix: Read
    steps: list[Read]
    encoder: Path

    @property
    def tokens(self) -> int:
        """Tokens that the search went through: those of its longest hypothesis, the end token counted."""
        return len(self.steps) + 1


@dataclass(slots=True)
class _Calls:
    """Calls of the engine while it made one caption."""

    prefixes: list[Read] = field(default_factory=list)
    steps: list[Read] = field(default_factory=list)
    graphs: list[Path] = field(default_factory=list)


def captioned(describer: Describer, photo: Path, count: int) -> list[Captioned]:
    """Caption a photo several times.

    Raises:
        PhotoError: The file can't be used as a photo.
        BundleError: The bundle does not caption.
    """
    return [_captioned(describer, photo) for _ in range(count)]


def _captioned(describer: Describer, photo: Path) -> Captioned:
    with _watched() as calls:
        began = time.perf_counter()
        frame = Frame(load_photo(photo), time.monotonic())
        loading = time.perf_counter() - began
        look = describer.describe(frame)
    (prefix,), (encoder,) = calls.prefixes, [path for path in calls.graphs if is_encoder(path.name)]
    reading = prefix.seconds + sum(step.seconds for step in calls.steps)
    seconds: dict[str, float] = {
        "preprocess": loading + look.seconds[Stage.PREPROCESS],
        "encode": look.seconds[Stage.ENCODE],
        **{stage: look.seconds[stage] for stage in (Stage.PLACE, Stage.DETECT) if stage in look.seconds},
        "prefill": prefix.seconds,
        "search": look.seconds[Stage.DECODE] - reading,
        "decode": look.seconds[Stage.DECODE],
        "total": loading + look.total,
    }
    return Captioned(look.scene.captions[0].text, seconds, prefix, calls.steps, encoder)


@contextmanager
def _watched() -> Iterator[_Calls]:
    """Note the calls of the decoder and the other graphs from outside, so that no engine needs clocks.

    The decoder's graph is run bound to its buffers, not by Graph.run.
    """
    calls = _Calls()

    def note_prefix(_: Decoder, prefix: np.ndarray, seconds: float) -> None:
        calls.prefixes.append(Read(seconds, len(prefix)))

    def note_step(_: Decoder, parents: np.ndarray, seconds: float) -> None:
        calls.steps.append(Read(seconds, len(parents)))

    def note_graph(graph: Graph, _: object, __: float) -> None:
        calls.graphs.append(graph.path)

    with (
        _noted(Decoder, "read_prefix", note_prefix),
        _noted(Decoder, "read_tokens", note_step),
        _noted(Graph, "run", note_graph),
    ):
        yield calls


@contextmanager
def _noted(owner: type, name: str, note: Callable[[Any, Any, float], None]) -> Iterator[None]:
    """Call note(self, first argument, seconds) after each call of a method."""
    method = getattr(owner, name)

    @wraps(method)
    def noted(this: object, first: object, *others: object) -> object:
        start = time.perf_counter()
        result = method(this, first, *others)
        note(this, first, time.perf_counter() - start)
        return result

    setattr(owner, name, noted)
    try:
        yield
    finally:
        setattr(owner, name, method)


def quantiles(captions: list[Captioned]) -> dict[str, dict[str, float]]:
    """Summarise the times.

    Returns:
        Median, p95 and p99 of each stage that was run, in milliseconds, over all captions, or all steps.
    """
    seconds = {
        stage: [caption.times[stage] for caption in captions if stage in caption.times] for stage in STAGES
    }
    seconds["step"] = [step.seconds for caption in captions for step in caption.steps]
    return {stage: _quantiles(seconds[stage]) for stage in STAGES if seconds[stage]}


def _quantiles(seconds: list[float]) -> dict[str, float]:
    values = 1000 * np.percentile(seconds, [50, 95, 99])
    return {
        name: round(float(value), 3) for name, value in zip(("median", "p95", "p99"), values, strict=True)
    }
