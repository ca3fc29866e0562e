"""The captioner that runs a model bundle on ONNX Runtime, without torch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from earsight.bundles.bundle import Bundle, BundleError
from earsight.captioners.captioner import Encoding, Support, never, unsupported
from earsight.captioners.confidence import Confidence
from earsight.captioners.decoder import Decoder, try_decoder
from earsight.captioners.fastest_encoder import load_fastest_encoder
from earsight.captioners.sampling import Nucleus, nucleus_sampling
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
from earsight_bundle.files import PLACE
from earsight_bundle.graphs import CELLS, EMBEDDING, PIXELS, PREFIX
from earsight_bundle.manifest import Captioning

_SPARE = 4
"""Candidates beyond the number of beams: some of them may repeat what was said."""


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A decoder at work.

    Attributes:
        name: Of its file.
        decoder: The graph, with its cache.
        search: How it is searched.
        tokens: Its vocabulary.
    """

    name: str
    decoder: Decoder
    search: SearchSettings
    tokens: TokenDecoder


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
        language: str | None = None,
        nucleus: Nucleus | None = None,
    ) -> None:
        """Load the graphs of a bundle. None is what the bundle says.

        Args:
            bundle: Its files were found whole.
            threads: Of the processor; 0 takes what ONNX Runtime finds.
            beams, max_tokens: Captions weighed side by side, and tokens of the longest.
            time_limit: Seconds for the decoding of one picture's captions.
            provider: What is to compute the graphs. Where it can't, the processor does; see placement.
            no_repeat: See search.repeats().
            language: Code of that whose decoder is loaded first; the bundle's first one where it has no
                such. Of several decoders only that of the last caption is in memory.
            nucleus: How captions are drawn, instead of being searched for; None: they are searched for. One
                beam is a greedy search.

        Raises:
            BundleError: The graphs can't be loaded. encode() and describe() raise it if they don't fit each
                other or the manifest.
        """
        if "caption" not in bundle.manifest.capabilities:
            raise BundleError(f"{bundle.folder}: this model does not caption; choose another bundle")
        image = bundle.manifest.captioning.image
        self._bundle, self._threads, self._provider = bundle, threads, provider
        self._side = image.side
        self._fit = {"squash": resized, "crop": resized_and_cropped}[image.fit]
        self._wanted, self._time_limit, self._nucleus = (beams, max_tokens, no_repeat), time_limit, nucleus
        self._confidence = Confidence(bundle)
        self._load(bundle.manifest.captioning_in(language))

    def _load(self, captioning: Captioning) -> None:
        self._warm = captioning.language
        with trimmed_heap():
            # The one with the largest weights first: loading it takes their size once more.
            graph = self._decoder_graph(captioning)
            self._encoder = load_fastest_encoder(self._bundle, self._threads, self._provider)
        self._prefix_length = self._checked_encoder()
        self._speaker = self._speaking(captioning, graph)

    def _decoder_graph(self, captioning: Captioning) -> Graph:
        trial = partial(try_decoder, self._bundle.path(captioning.tokens))
        return Graph(self._bundle.path(captioning.decoder), self._threads, self._provider, trial)

    def _checked_encoder(self) -> int:
        """The vectors of its prefix. Raises BundleError if it is no encoder."""
        encoder = self._encoder
        try:
            _, prefix_length, _ = encoder.outputs[PREFIX].shape
        except (KeyError, ValueError) as error:
            raise BundleError(
                f"{encoder.path}: not Earsight's encoder ({error!r}); export the bundle again"
            ) from error
        if "place" in self._bundle.manifest.capabilities and CELLS not in encoder.outputs:
            raise BundleError(f"{encoder.path}: has no output {CELLS} for {PLACE}; export the bundle again")
        return int(prefix_length)

    def _speaking(self, captioning: Captioning, graph: Graph) -> _Speaker:
        decode, (beams, max_tokens, no_repeat) = captioning.decode, self._wanted
        search = SearchSettings(
            beams or decode.beams,
            min(max_tokens or decode.max_tokens, decode.max_tokens),
            decode.end_token,
            decode.no_repeat if no_repeat is None else no_repeat,
        )
        vectors = TokenEmbeddings(self._bundle.path(captioning.tokens))
        beams, candidates = search.beams, search.beams + (_SPARE if search.no_repeat else 0)
        if self._nucleus is not None:
            beams, candidates = self._nucleus.samples, vectors.count
        rows = self._prefix_length + max(map(len, self._bundle.manifest.starts.values()))
        decoder = Decoder(graph, vectors, rows, beams, search.max_tokens, candidates)
        return _Speaker(
            captioning.decoder, decoder, search, TokenDecoder(self._bundle.path(captioning.tokenizer))
        )

    def _speaker_of(self, captioning: Captioning) -> _Speaker:
        """The decoder of a language; it takes the place of the one of another language."""
        if self._speaker.name != captioning.decoder:
            with trimmed_heap():
                self._speaker = self._speaking(captioning, self._decoder_graph(captioning))
        return self._speaker

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages of the bundle."""
        return self._bundle.manifest.codes

    @property
    def placement(self) -> Placement:
        """What computes each graph, and why not what was wanted, if so."""
        graphs = (self._encoder, self._speaker.decoder.graph)
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
        captioning = self._bundle.manifest.captioning_in(language)
        hypotheses = self.search(encoding.prefix, cancelled, captioning.language)
        texts = [self._text(hypothesis, captioning.language) for hypothesis in hypotheses]
        return self._confidence.captions(texts, hypotheses, encoding.embedding, support, captioning.language)

    def search(
        self, prefix: np.ndarray, cancelled: Callable[[], bool] = never, language: str | None = None
    ) -> list[Hypothesis]:
        """What the beam search, or the drawing, ends with, best first.

        Args:
            prefix: Float (tokens, width), an Encoding's.
            cancelled: As in describe().
            language: As in describe().
        """
        captioning = self._bundle.manifest.captioning_in(language)
        speaker = self._speaker_of(captioning)
        deadline = time.monotonic() + self._time_limit
        first = speaker.decoder.read_prefix(prefix, captioning.starts)
        step, settings = speaker.decoder.read_tokens, speaker.search
        if self._nucleus is not None:
            return nucleus_sampling(first, step, settings, self._nucleus, deadline, cancelled)
        return beam_search(first, step, settings, deadline, cancelled)

    def warm_up(self) -> None:
        """Caption a grey picture, so that the first press finds memory and threads ready."""
        encoding = self.encode(np.full((1, self._side, self._side, 3), 128, np.uint8))
        self.describe(encoding, language=self._warm)

    def _text(self, hypothesis: Hypothesis, language: str) -> str:
        text = self._speaker.tokens.decode(hypothesis.tokens)
        return text if hypothesis.finished else without_dangling_words(text, language)
