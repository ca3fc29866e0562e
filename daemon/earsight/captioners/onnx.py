"""The captioner that runs a model bundle on ONNX Runtime, without torch."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from earsight.bundles.bundle import Bundle, BundleError
from earsight.captioners.captioner import Encoding, Support, never, unsupported
from earsight.captioners.confidence import Confidence
from earsight.captioners.decoder import Decoder, try_decoder
from earsight.captioners.fastest_encoder import load_fastest_encoder
from earsight.captioners.search import Hypothesis, SearchSettings, beam_search
from earsight.captioners.token_embeddings import TokenEmbeddings
from earsight.captioners.tokens import TokenDecoder
from earsight.captioners.truncation import without_dangling_words
from earsight.inference.graph import Graph
from earsight.inference.heap import trimmed_heap
from earsight.inference.placement import Placement
from earsight.inference.preprocessing import resized, resized_and_cropped
from earsight.inference.providers import AUTO, Provider
from earsight.scene import Caption
from earsight_bundle.files import DECODER, PLACE, TOKENIZER, TOKENS
from earsight_bundle.graphs import CELLS, EMBEDDING, PIXELS, PREFIX

_SPARE = 4
"""Candidates beyond the number of beams: some of them may repeat what was said."""


class OnnxCaptioner:
    """Pixels to captions. Not for two threads at once."""

    def __init__(
        self,
        bundle: Bundle,
        threads: int = 0,
        beams: int | None = None,
        max_tokens: int | None = None,
        time_limit: float = 3.0,
        provider: Provider = AUTO,
        no_repeat: int | None = None,
    ) -> None:
        """Load the graphs of a bundle. None is what the bundle says.

        Args:
            bundle: Its files were found whole.
            threads: Of the processor; 0 takes what ONNX Runtime finds.
            beams, max_tokens: Captions weighed side by side, and tokens of the longest.
            time_limit: Seconds for the decoding of one picture's captions.
            provider: What is to compute the graphs. Where it can't, the processor does; see placement.
            no_repeat: See search.repeats().

        Raises:
            BundleError: The graphs can't be loaded. encode() and describe() raise it if they don't fit each
                other or the manifest.
        """
        if "caption" not in bundle.manifest.capabilities:
            raise BundleError(f"{bundle.folder}: this model does not caption; choose another bundle")
        image, decode = bundle.manifest.captioning.image, bundle.manifest.captioning.decode
        self._starts = bundle.manifest.starts
        self._side = image.side
        self._fit = {"squash": resized, "crop": resized_and_cropped}[image.fit]
        self._search = SearchSettings(
            beams or decode.beams,
            min(max_tokens or decode.max_tokens, decode.max_tokens),
            decode.end_token,
            decode.no_repeat if no_repeat is None else no_repeat,
        )
        self._time_limit = time_limit
        self._confidence = Confidence(bundle)
        self._tokens = TokenDecoder(bundle.path(TOKENIZER))
        self._encoder, self._decoder = self._networks(bundle, threads, provider)

    def _networks(self, bundle: Bundle, threads: int, provider: Provider) -> tuple[Graph, Decoder]:
        """Load the encoder and the decoder."""
        with trimmed_heap():
            # The one with the largest weights first: loading it takes their size once more.
            trial = partial(try_decoder, bundle.path(TOKENS))
            graph = Graph(bundle.path(DECODER), threads, provider, trial)
            encoder = load_fastest_encoder(bundle, threads, provider)
        try:
            _, prefix_length, _ = encoder.outputs[PREFIX].shape
        except (KeyError, ValueError) as error:
            raise BundleError(
                f"{encoder.path}: not Earsight's encoder ({error!r}); export the bundle again"
            ) from error
        if "place" in bundle.manifest.capabilities and CELLS not in encoder.outputs:
            raise BundleError(f"{encoder.path}: has no output {CELLS} for {PLACE}; export the bundle again")
        embeddings = TokenEmbeddings(bundle.path(TOKENS))
        search = self._search
        candidates = search.beams + (_SPARE if search.no_repeat else 0)
        rows = prefix_length + max(map(len, self._starts.values()))
        decoder = Decoder(graph, embeddings, rows, search.beams, search.max_tokens, candidates)
        return encoder, decoder

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages of the bundle."""
        return tuple(self._starts)

    @property
    def placement(self) -> Placement:
        """What computes each graph, and why not what was wanted, if so."""
        graphs = (self._encoder, self._decoder.graph)
        problem = next((graph.problem for graph in graphs if graph.problem), None)
        return Placement({graph.path.name: graph.computed_by for graph in graphs}, problem)

    def prepare(self, pixels: np.ndarray) -> np.ndarray:
        """Turn a picture, uint8 (height, width, 3), into the encoder's input, uint8 (1, side, side, 3)."""
        return self._fit(pixels, self._side)[None]

    def encode(self, prepared: np.ndarray) -> Encoding:
        """Run the encoder on what prepare() returned."""
        outputs = [PREFIX, EMBEDDING, *({CELLS} & self._encoder.outputs.keys())]
        prefix, embedding, *cells = self._encoder.run(outputs, {PIXELS: prepared})
        return Encoding(prefix[0], embedding[0], cells[0] if cells else None)

    def describe(
        self,
        encoding: Encoding,
        cancelled: Callable[[], bool] = never,
        support: Support = unsupported,
        language: str | None = None,
    ) -> list[Caption]:
        """Search, and work out the confidence of what was found. See Captioner.describe()."""
        code = language or self.languages[0]
        hypotheses = self.search(encoding.prefix, cancelled, code)
        texts = [self._text(hypothesis, code) for hypothesis in hypotheses]
        return self._confidence.captions(texts, hypotheses, encoding.embedding, support, code)

    def search(
        self, prefix: np.ndarray, cancelled: Callable[[], bool] = never, language: str | None = None
    ) -> list[Hypothesis]:
        """What the beam search ends with, best first.

        Args:
            prefix: Float (tokens, width), an Encoding's.
            cancelled: As in describe().
            language: As in describe().
        """
        deadline = time.monotonic() + self._time_limit
        first = self._decoder.read_prefix(prefix, self._starts[language or self.languages[0]])
        return beam_search(first, self._decoder.read_tokens, self._search, deadline, cancelled)

    def warm_up(self) -> None:
        """Caption a grey picture, so that the first press finds memory and threads ready."""
        self.describe(self.encode(np.full((1, self._side, self._side, 3), 128, np.uint8)))

    def _text(self, hypothesis: Hypothesis, language: str) -> str:
        text = self._tokens.decode(hypothesis.tokens)
        return text if hypothesis.finished else without_dangling_words(text, language)
