"""The captioner that runs a model bundle on ONNX Runtime, without torch."""

from __future__ import annotations

import math
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from earsight.captioners.bundle import Bundle, BundleError, Calibration
from earsight.captioners.memory import returned_after_loading
from earsight.captioners.picture import cropped, squashed
from earsight.captioners.search import Candidates, Hypothesis, beam_search
from earsight.captioners.tokens import TokenDecoder
from earsight.scene import Caption, Encoding

_FLOATS: dict[str, type[np.floating[Any]]] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}


class OnnxCaptioner:
    """Pixels to captions. Not for two threads at once."""

    def __init__(
        self,
        bundle: Bundle,
        threads: int = 0,
        beams: int | None = None,
        max_tokens: int | None = None,
        time_limit: float = 3.0,
    ) -> None:
        """threads: 0 takes what ONNX Runtime finds. time_limit: seconds for the decoding of one caption.

        Raises BundleError when the graphs can't be loaded. encode() and describe() raise it when they don't
        fit each other or the manifest.
        """
        decode = bundle.manifest.decode
        self._side = bundle.manifest.image.side
        self._fit = {"squash": squashed, "crop": cropped}[bundle.manifest.image.fit]
        self._end = decode.end_token
        self._beams = beams or decode.beams
        self._max_tokens = min(max_tokens or decode.max_tokens, decode.max_tokens)
        self._time_limit = time_limit
        self._calibration = bundle.manifest.calibration
        self._tokens = TokenDecoder(bundle.path("tokenizer.json"))
        with returned_after_loading():
            self._encoder = _Graph(bundle.path("encoder.onnx"), threads)
            self._decoder = _Graph(bundle.path("decoder.onnx"), threads)
        inputs = {node.name: node for node in self._decoder.session.get_inputs()}
        try:
            _, _, self._prefix_width = inputs["prefix"].shape
            self._layers, _, _, self._heads, _, self._head_width = inputs["past"].shape
            self._float = _FLOATS[inputs["past"].type]
        except (KeyError, ValueError) as error:
            raise BundleError(
                f"{self._decoder.path}: not Earsight's decoder ({error!r}); export the bundle anew"
            ) from error

    def prepare(self, pixels: np.ndarray) -> np.ndarray:
        """A picture, uint8 (height, width, 3), as the encoder's input, uint8 (1, side, side, 3)."""
        return self._fit(pixels, self._side)[None]

    def encode(self, prepared: np.ndarray) -> Encoding:
        """prepared: what prepare() returned."""
        prefix, embedding = self._encoder.run(["prefix", "embedding"], {"pixels": prepared})
        return Encoding(prefix[0], embedding[0])

    def describe(self, encoding: Encoding) -> list[Caption]:
        """The captions that the search ends with, best first: at least one, each text once."""
        hypotheses = self.search(encoding.prefix)
        captions: dict[str, Caption] = {}
        for hypothesis in hypotheses:
            text = self._tokens.decode(hypothesis.tokens)
            captions.setdefault(text, _caption(text, hypothesis, self._calibration))
        return list(captions.values())

    def search(self, prefix: np.ndarray) -> list[Hypothesis]:
        """prefix: (tokens, width), an Encoding's. What the beam search ends with, best first."""
        steps = _DecoderSteps(self._decoder, self._empty_cache(), self._beams, self._prefix_width)
        deadline = time.monotonic() + self._time_limit
        first = steps.read_prefix(prefix)
        return beam_search(first, steps, self._beams, self._max_tokens, self._end, deadline)

    def warm_up(self) -> None:
        """Caption a grey picture, so that the first press finds memory and threads ready."""
        self.describe(self.encode(np.full((1, self._side, self._side, 3), 128, np.uint8)))

    def _empty_cache(self) -> np.ndarray:
        return np.zeros((self._layers, 2, 1, self._heads, 0, self._head_width), self._float)


class _Graph:
    """A loaded graph whose failures are BundleErrors."""

    def __init__(self, path: Path, threads: int) -> None:
        self.path = path
        try:
            self.session = onnxruntime.InferenceSession(
                str(path), _options(threads), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime raises classes of its own that share no public base.
            raise BundleError(
                f"{path}: can't be loaded: {_first_line(error)}; copy the bundle again"
            ) from error

    def run(self, outputs: list[str], inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
        try:
            return list(self.session.run(outputs, inputs))
        except Exception as error:
            raise BundleError(
                f"{self.path}: does not fit the bundle: {_first_line(error)}; export the bundle anew"
            ) from error


class _DecoderSteps:
    """The decoder's cache through one search: the prefix once for all beams, the text of each beam."""

    def __init__(self, graph: _Graph, empty: np.ndarray, beams: int, width: int) -> None:
        self._graph, self._width = graph, width
        self._k = np.array([beams], np.int64)
        self._prefix_cache = self._past = empty

    def read_prefix(self, prefix: np.ndarray) -> Candidates:
        prefix = prefix[None].astype(self._past.dtype, copy=False)
        candidates, self._prefix_cache = self._run(prefix, np.zeros((1, 0), np.int64), self._past)
        return candidates

    def __call__(self, parents: np.ndarray, tokens: np.ndarray) -> Candidates:
        # The old one is let go before the next is made: with GPT-2 and 40 tokens it has 20 MB.
        self._past = np.take(self._past, parents, axis=2)
        nothing = np.zeros((len(tokens), 0, self._width), self._past.dtype)
        candidates, self._past = self._run(nothing, tokens[:, None], self._past)
        return candidates

    def _run(self, prefix: np.ndarray, tokens: np.ndarray, past: np.ndarray) -> tuple[Candidates, np.ndarray]:
        log_probs, ids, present = self._graph.run(
            ["log_probs", "ids", "present"],
            {
                "prefix": prefix,
                "tokens": tokens,
                "prefix_cache": self._prefix_cache,
                "past": past,
                "k": self._k,
            },
        )
        return (log_probs, ids), present


def _caption(text: str, hypothesis: Hypothesis, calibration: Calibration) -> Caption:
    mean, lowest = hypothesis.score, min(hypothesis.log_probs)
    logit = calibration.bias + calibration.mean_log_prob * mean + calibration.lowest_log_prob * lowest
    # A model that yields no number is not to be believed; min and max would take it for certain.
    confidence = 0.0 if math.isnan(logit) else 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))
    return Caption(text, confidence, mean, lowest)


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Idle threads must sleep, not spin: the board runs on a battery, and shares its cores with the voice.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Weights stored as int8 behind DequantizeLinear become float32 once, at load, rather than at every run.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    if not _has_vnni():
        options.add_session_config_entry("session.x64quantprecision", "1")
    # The folded weights are all that is needed; the arena would keep the memory of loading.
    options.enable_cpu_mem_arena = False
    return options


def _has_vnni() -> bool:
    """Whether x86 multiplies uint8 by int8 exactly. Without these instructions it does so only if ONNX
    Runtime is asked to, which then takes longer, and more memory at load, with VNNI too. Arm always does."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return re.search(r"\bavx(512)?_vnni\b", flags) is not None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
