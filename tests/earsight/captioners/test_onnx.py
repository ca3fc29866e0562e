"""The bundle that ships, whatever it has learned: properties, not words."""

import dataclasses
import re
import time
from itertools import pairwise
from unittest.mock import Mock

import numpy as np
import onnxruntime
import pytest

from earsight.bundles.bundle import BundleError, bundle_folder, open_bundle
from earsight.captioners.captioner import DecodingCancelledError
from earsight.captioners.decoder import try_decoder
from earsight.captioners.onnx import OnnxCaptioner
from earsight.captioners.tokens import TokenDecoder
from earsight.captioners.truncation import without_dangling_words
from earsight.inference.graph import Graph
from earsight.inference.providers import Provider


@pytest.fixture(scope="module")
def bundle():
    return open_bundle(bundle_folder("builtin"))


@pytest.fixture(scope="module")
def captioner(bundle):
    return OnnxCaptioner(bundle, threads=1, max_tokens=12)


def picture(seed=0, height=120, width=160):
    """Coloured blocks: more like a photo than noise is."""
    blocks = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    rows, columns = np.arange(height) * 6 // height, np.arange(width) * 8 // width
    return blocks[rows][:, columns]


@pytest.fixture(scope="module")
def encoding(captioner):
    return captioner.encode(captioner.prepare(picture()))


@pytest.mark.parametrize(
    "shape", [(1, 500), (500, 1), (1, 1), (17, 33), (160, 160), (480, 640), (3000, 4000), (1, 20_000)]
)
def test_pictures_of_any_size_become_the_encoders_input(bundle, captioner, shape):
    side = bundle.manifest.image.side
    prepared = captioner.prepare(np.full((*shape, 3), (10, 200, 90), np.uint8))
    assert prepared.shape == (1, side, side, 3)
    assert prepared.dtype == np.uint8
    assert (prepared == (10, 200, 90)).all()


def test_left_stays_left_and_red_stays_red(captioner):
    wide = np.zeros((100, 400, 3), np.uint8)
    wide[:, :200, 0] = 255
    wide[:, 200:, 2] = 255
    prepared = captioner.prepare(wide)[0]
    assert (prepared[:, :40] == (255, 0, 0)).all()
    assert (prepared[:, -40:] == (0, 0, 255)).all()


def test_a_turned_picture_needs_no_copy(bundle, captioner):
    """The camera turns by views, which are not contiguous; also of the very size that needs no resizing."""
    side = bundle.manifest.image.side
    for size in (side, side + 40):
        turned = np.rot90(picture(3, size, size))
        seen = captioner.encode(captioner.prepare(turned))
        copied = captioner.encode(captioner.prepare(np.ascontiguousarray(turned)))
        np.testing.assert_array_equal(seen.prefix, copied.prefix)


def test_the_encoding_is_what_the_contract_says(encoding):
    assert encoding.prefix.dtype == encoding.embedding.dtype == np.float32
    assert encoding.prefix.ndim == 2
    assert encoding.embedding.ndim == 1
    assert np.linalg.norm(encoding.embedding) == pytest.approx(1, abs=1e-4)


def test_captions_are_unique_and_the_best_comes_first(bundle, captioner, encoding):
    captions = captioner.describe(encoding)
    assert captions
    assert len({caption.text for caption in captions}) == len(captions)
    sure = [caption.confidence / caption.evidence.get("informative", 1.0) for caption in captions]
    odds = [np.log(share / (1 - share)) for share in sure]
    worth = bundle.manifest.calibration.order
    scores = [caption.mean_log_prob + worth * odd for caption, odd in zip(captions, odds, strict=True)]
    rises = sum(later > earlier for earlier, later in pairwise(scores))
    assert rises <= 1, "falling among the finished ones, then among those cut short"
    for caption in captions:
        assert 0 <= caption.confidence <= 1
        assert caption.lowest_log_prob <= caption.mean_log_prob <= 0
        assert caption.text == caption.text.strip()
        assert not caption.text.endswith(".")


def test_the_same_picture_gets_the_same_captions(captioner, encoding):
    again = captioner.encode(captioner.prepare(picture()))
    np.testing.assert_array_equal(encoding.prefix, again.prefix)
    assert captioner.describe(encoding) == captioner.describe(again)


def test_other_pictures_get_other_embeddings(captioner, encoding):
    dark = captioner.encode(captioner.prepare(np.zeros((64, 64, 3), np.uint8)))
    assert 1 - float(dark.embedding @ encoding.embedding) > 0.01


def greedy(bundle, prefix, longest):
    """Stepwise, one beam, straight on the graph, reading all that was said anew at every step."""
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.disable_quant_qdq", "1")  # else it rounds activations too
    session = onnxruntime.InferenceSession(
        str(bundle.path("decoder.onnx")), options, providers=["CPUExecutionProvider"]
    )
    cached = [node.name for node in session.get_outputs() if node.name.startswith(("keys_", "values_"))]
    shape = {node.name: node.shape for node in session.get_inputs()}["past_keys_0"]
    vectors = np.load(bundle.path("tokens.npy")).astype(np.float32)

    def run(rows, past):
        """The likeliest token after rows that follow on those of past, and the cache of all of them."""
        held, count = len(past[0]), len(rows)
        inputs = {
            "vectors": rows,
            "positions": np.arange(held, held + count),
            "mask": np.zeros((count, held + count), np.float32),
            "asked": np.array([count - 1]),
            "k": np.array([1]),
        } | {f"past_{name}": part for name, part in zip(cached, past, strict=True)}
        log_probs, ids, *new = session.run(["log_probs", "ids", *cached], inputs)
        return log_probs[0, 0], ids[0, 0], [np.concatenate(parts) for parts in zip(past, new, strict=True)]

    tokens, log_probs = [], []
    while len(log_probs) < longest:
        best, token, cache = run(prefix, [np.zeros((0, *shape[1:]), np.float32)] * len(cached))
        for said in tokens:
            best, token, cache = run(vectors[said][None], cache)
        log_probs.append(float(best))
        if token == bundle.manifest.decode.end_token:
            break
        tokens.append(int(token))
    return tokens, log_probs


@pytest.mark.parametrize("seed", [1, 2])
def test_one_beam_says_what_stepwise_decoding_says(bundle, seed):
    captioner = OnnxCaptioner(bundle, threads=1, beams=1, max_tokens=8, no_repeat=0)
    encoding = captioner.encode(captioner.prepare(picture(seed)))
    tokens, log_probs = greedy(bundle, encoding.prefix, longest=8)
    (caption,) = captioner.describe(encoding)
    text = TokenDecoder(bundle.path("tokenizer.json")).decode(tokens)
    assert caption.text == (text if len(log_probs) > len(tokens) else without_dangling_words(text, "en"))
    assert caption.mean_log_prob == pytest.approx(np.mean(log_probs), abs=1e-4)
    assert caption.lowest_log_prob == pytest.approx(min(log_probs), abs=1e-4)


def test_a_search_out_of_time_still_says_something(bundle, encoding):
    hurried = OnnxCaptioner(bundle, threads=1, time_limit=0.0)
    began = time.monotonic()
    captions = hurried.describe(encoding)
    assert captions
    assert time.monotonic() - began < 5


def test_a_decoding_can_be_cancelled_at_every_token(captioner, encoding):
    asked = []
    captioner.describe(encoding, lambda: asked.append(True) or False)
    assert len(asked) > 3
    answers = iter([False, False, True])
    with pytest.raises(DecodingCancelledError):
        captioner.describe(encoding, lambda: next(answers))
    assert captioner.describe(encoding) == captioner.describe(encoding)


def test_the_owner_can_not_ask_for_longer_captions_than_the_bundle_can_give(bundle, encoding):
    longest = bundle.manifest.decode.max_tokens
    OnnxCaptioner(bundle, threads=1, beams=1, max_tokens=10 * longest).describe(encoding)


@pytest.mark.parametrize("beams", [1, 4])
def test_no_caption_repeats_itself_where_that_is_asked_for(bundle, encoding, beams):
    """Of a prefix that means nothing, too, which the model has much to say about."""
    noise = np.random.default_rng(1).normal(size=encoding.prefix.shape).astype(np.float32)
    device = OnnxCaptioner(bundle, threads=1, beams=beams, max_tokens=20, time_limit=60, no_repeat=2)
    for prefix in (encoding.prefix, noise, 0 * noise):
        for found in device.search(prefix):
            pairs = list(pairwise(found.tokens))
            assert len(set(pairs)) == len(pairs)
            assert all(one != other for one, other in pairs)


def test_only_captions_that_were_cut_short_lose_their_loose_ends(bundle, encoding):
    decoder, taken = TokenDecoder(bundle.path("tokenizer.json")), 0
    for longest in (2, 3, 5):
        device = OnnxCaptioner(bundle, threads=1, beams=3, max_tokens=longest)
        expected = set()
        for found in device.search(encoding.prefix):
            text = decoder.decode(found.tokens)
            expected.add(text if found.finished else without_dangling_words(text, "en"))
            taken += not found.finished and text != without_dangling_words(text, "en")
        assert {caption.text for caption in device.describe(encoding)} == expected
    assert taken, "or this shows nothing"


def test_the_processor_takes_the_place_of_a_provider_that_is_missing(bundle, encoding):
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("ONNX Runtime for GPUs is here")
    captioner = OnnxCaptioner(bundle, threads=1, provider=Provider("cuda"))
    assert captioner.placement.parts == {"encoder.onnx": "CPU", "decoder.onnx": "CPU"}
    assert str(captioner.placement) == "encoder.onnx and decoder.onnx on CPU"
    assert captioner.placement.problem.startswith(
        "captioner.provider: this ONNX Runtime has no cuda; it has "
    )
    assert captioner.describe(encoding)


def test_a_graph_that_the_provider_can_not_run_is_run_by_the_processor(bundle, encoding, monkeypatch):
    """As OpenVINO's, which loads the decoder and fails to run it."""
    if "AzureExecutionProvider" not in onnxruntime.get_available_providers():
        pytest.skip("needs a provider beside the processor's")
    fail = Mock(side_effect=BundleError("decoder.onnx: does not fit"))
    monkeypatch.setattr("earsight.captioners.onnx.try_decoder", fail)
    captioner = OnnxCaptioner(bundle, threads=1, provider=Provider("azure"))
    fail.assert_called_once()
    assert captioner.placement.parts["decoder.onnx"] == "CPU"
    assert re.fullmatch(r"CPU \d+ nodes", captioner.placement.parts["encoder.onnx"])
    assert captioner.placement.problem.startswith("captioner.provider: Azure can't compute decoder.onnx")
    assert captioner.describe(encoding)


def test_the_decoder_is_tried_with_a_prefix_and_a_token(bundle):
    table = bundle.path("tokens.npy")
    try_decoder(table, Graph(bundle.path("decoder.onnx"), 1))
    with pytest.raises(BundleError, match="not Earsight's decoder"):
        try_decoder(table, Graph(bundle.path("encoder.onnx"), 1))


def test_warm_up_needs_no_picture(captioner):
    captioner.warm_up()


def test_a_model_that_does_not_caption_is_refused(bundle):
    manifest = bundle.manifest.model_copy(update={"capabilities": ("objects",)})
    with pytest.raises(BundleError, match="does not caption; choose another bundle"):
        OnnxCaptioner(dataclasses.replace(bundle, manifest=manifest))
