"""The captioner for models of transformers, on tiny ones with random weights."""

from __future__ import annotations

import math
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch comes with the huggingface extra")
pytest.importorskip("transformers", reason="transformers comes with the huggingface extra")

from earsight.captioners.answer_text import first_sentence  # noqa: E402
from earsight.captioners.captioner import (  # noqa: E402
    Captioner,
    DecodingCancelledError,
    Encoding,
)
from earsight.captioners.huggingface import HuggingFaceCaptioner, Prompt, _device, _hypotheses  # noqa: E402
from earsight.captioners.vision_tower import VisionFeatures  # noqa: E402
from earsight.errors import CaptionerError  # noqa: E402
from earsight_bundle.manifest import Calibration  # noqa: E402
from tests.earsight.captioners.tiny_models import END, MAKERS  # noqa: E402
from tests.earsight.stand_ins import painted  # noqa: E402

FAMILIES = sorted(MAKERS)
MAX_TOKENS = 6


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    return {name: maker(tmp_path_factory.mktemp(name)) for name, maker in MAKERS.items()}


@pytest.fixture(params=FAMILIES)
def family(request) -> str:
    return request.param


@pytest.fixture
def captioner(folders, family) -> HuggingFaceCaptioner:
    return HuggingFaceCaptioner(folders[family], threads=1, beams=3, max_tokens=MAX_TOKENS, time_limit=60)


def encoded(captioner: Captioner, colour: str = "red") -> Encoding:
    return captioner.encode(captioner.prepare(painted(colour)))


@contextmanager
def watched(captioner):
    """What the model's generate() is asked for and returns, while captions are made."""
    calls, generate = [], captioner._model.generate

    def noted(**options):
        result = generate(**options)
        calls.append((options, result))
        return result

    captioner._model.generate = noted
    yield calls
    del captioner._model.generate


def plain_logits(family: str, model, inputs: dict, sequence):
    """The model's own forward pass over a whole sequence, (1, at least its length, vocabulary)."""
    rest = {name: value for name, value in inputs.items() if name not in ("input_ids", "attention_mask")}
    if family == "blip":
        image = model.vision_model(inputs["pixel_values"]).last_hidden_state
        return model.text_decoder(sequence, encoder_hidden_states=image).logits
    if family in ("git", "smolvlm"):
        return model(input_ids=sequence, attention_mask=torch.ones_like(sequence), **rest).logits
    return model(**inputs, decoder_input_ids=sequence).logits


# What comes out


def test_captions_come_out_best_first_and_each_text_once(captioner):
    captions = captioner.describe(encoded(captioner))
    assert 1 < len(captions) <= 3, "one for each beam, or fewer where two say the same"
    assert len({caption.text for caption in captions}) == len(captions)
    for caption in captions:
        assert len(caption.text.split()) <= MAX_TOKENS
        assert caption.confidence == pytest.approx(0.3)
        assert caption.lowest_log_prob <= caption.mean_log_prob <= 0


def test_a_calibration_says_how_far_they_are_to_be_believed(folders):
    """By what a search gives as evidence; and it may put other captions first."""
    known = {"en": Calibration(bias=1.0, weights={"agreement": 2.0, "tokens": -0.1}, order=0.5)}
    options = {"threads": 1, "beams": 3, "max_tokens": MAX_TOKENS, "time_limit": 60}
    captioner = HuggingFaceCaptioner(folders["blip"], **options, calibrations=known)
    found = captioner.describe(captioner.encode(captioner.prepare(painted("red"))))
    for caption in found:
        assert 0 < caption.evidence["agreement"] <= 1
        odds = 1 + 2 * caption.evidence["agreement"] - 0.1 * caption.evidence["tokens"]
        assert caption.confidence == pytest.approx(1 / (1 + math.exp(-odds)))


def test_log_probabilities_are_those_of_a_plain_forward_pass(captioner, family):
    encoding = encoded(captioner)
    with watched(captioner) as calls:
        captions = captioner.describe(encoding)
    ((_, generated),) = calls
    found = list(_hypotheses(generated))
    assert len(found) == 3
    for row, (tokens, log_probs) in enumerate(found):
        start = generated.sequences.shape[1] - generated.beam_indices.shape[1]
        assert len(tokens) <= MAX_TOKENS
        assert END not in tokens[:-1]
        sequence = generated.sequences[row, None, : start + len(tokens)]
        with torch.inference_mode():
            logits = plain_logits(family, captioner._model, encoding.prefix.inputs, sequence)
        rows = logits[0, -len(tokens) - 1 : -1].log_softmax(-1)
        expected = rows.gather(1, torch.tensor(tokens)[:, None])[:, 0]
        np.testing.assert_allclose(log_probs, expected.numpy(), atol=1e-4)
    numbers = [(np.mean(log_probs), min(log_probs)) for _, log_probs in found]
    for caption in captions:
        assert (caption.mean_log_prob, caption.lowest_log_prob) in numbers


def test_finished_captions_come_before_those_that_were_cut_short(folders):
    captioner = HuggingFaceCaptioner(folders["vit_gpt2"], threads=1, beams=5, max_tokens=2, time_limit=60)
    with watched(captioner) as calls:
        captions = captioner.describe(encoded(captioner))
    hypotheses = list(_hypotheses(calls[0][1]))
    means = {np.mean(log_probs): tokens[-1] == END for tokens, log_probs in hypotheses}
    finished = [means[caption.mean_log_prob] for caption in captions]
    assert len(set(finished)) == 2, "the test needs both kinds"
    assert finished == sorted(finished, reverse=True)
    for kind in (True, False):
        of_it = [c.mean_log_prob for c in captions if means[c.mean_log_prob] is kind]
        assert of_it == sorted(of_it, reverse=True)


def test_one_beam_says_the_likeliest_word_each_time(folders, family):
    captioner = HuggingFaceCaptioner(folders[family], threads=1, beams=1, max_tokens=3, time_limit=60)
    encoding = encoded(captioner)
    with watched(captioner) as calls:
        (caption,) = captioner.describe(encoding)
    generated = calls[0][1]
    ((tokens, log_probs),) = _hypotheses(generated)
    for length in range(len(tokens), 0, -1):
        sequence = generated.sequences[:, :-length]
        with torch.inference_mode():
            logits = plain_logits(family, captioner._model, encoding.prefix.inputs, sequence)
        assert logits[0, -1].argmax() == tokens[-length]
    assert caption.mean_log_prob == pytest.approx(np.mean(log_probs))


def test_more_beams_find_likelier_captions_or_the_same(folders):
    """Where nothing ends before it is cut, the best of the beams is no less likely than the greedy one."""

    def best(beams: int) -> float:
        captioner = HuggingFaceCaptioner(folders["blip"], threads=1, beams=beams, max_tokens=4, time_limit=60)
        with watched(captioner) as calls:
            (caption, *_) = captioner.describe(encoded(captioner))
        assert calls[0][0]["num_beams"] == beams
        return caption.mean_log_prob

    assert best(1) <= best(4)


def test_no_three_word_pieces_come_twice(folders, family):
    captioner = HuggingFaceCaptioner(folders[family], threads=1, beams=2, max_tokens=24, time_limit=60)
    with watched(captioner) as calls:
        captioner.describe(encoded(captioner))
    for tokens, _ in _hypotheses(calls[0][1]):
        triples = list(zip(tokens, tokens[1:], tokens[2:], strict=False))
        assert len(set(triples)) == len(triples)


@pytest.mark.parametrize("steps", [0, 3])
def test_out_of_time_it_says_what_was_found_by_then(folders, family, monkeypatch, steps):
    captioner = HuggingFaceCaptioner(folders[family], threads=1, beams=2, max_tokens=24, time_limit=3.5)
    encoding = encoded(captioner)
    clock = iter(range(1000))  # a second passes between each look at the clock and the next
    monkeypatch.setattr("earsight.captioners.huggingface.time.monotonic", lambda: next(clock))
    captioner._time_limit = steps + 0.5
    with watched(captioner) as calls:
        captions = captioner.describe(encoding)
    assert captions
    assert len(calls[0][1].logits) == steps + 1


def test_it_heeds_the_provider(folders, monkeypatch):
    def placement(provider: str):
        return HuggingFaceCaptioner(folders["blip"], threads=1, provider=provider).placement

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for provider in ("auto", "cpu", "CPU"):
        assert str(placement(provider)) == f"{folders['blip']} on CPU (float32)"
        assert placement(provider).problem is None
    for provider in ("cuda", "openvino"):
        assert str(placement(provider)) == f"{folders['blip']} on CPU (float32)"
        assert placement(provider).problem == f"captioner.provider: torch has no {provider} here"


@pytest.mark.parametrize("bfloat16", [True, False])
def test_a_gpu_is_used_in_half_precision_unless_the_processor_is_asked_for(monkeypatch, bfloat16):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: bfloat16)
    half = torch.bfloat16 if bfloat16 else torch.float16
    assert _device("auto") == _device("cuda") == (torch.device("cuda"), half, None)
    assert _device("cpu") == (torch.device("cpu"), torch.float32, None)


@pytest.mark.parametrize("steps", [0, 3])
def test_a_decoding_can_be_cancelled_at_every_token(folders, family, steps):
    captioner = HuggingFaceCaptioner(folders[family], threads=1, beams=2, max_tokens=24, time_limit=60)
    encoding = encoded(captioner)
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > steps

    with watched(captioner) as calls, pytest.raises(DecodingCancelledError):
        captioner.describe(encoding, cancelled)
    assert len(calls[0][1].logits) == steps + 1
    assert captioner.describe(encoding)


@pytest.mark.parametrize(
    ("said", "caption"),
    [
        ("A dog runs.", "a dog runs"),
        (" a  dog\n", "a dog"),
        ("A dog runs. The dog is", "a dog runs"),
        ("TV on a table.", "TV on a table"),
        ("A", "a"),
        ("", ""),
        (" . ", ""),
    ],
)
def test_captions_are_worded_as_those_of_bundles(said, caption):
    assert first_sentence(said) == caption


# The vision tower


def test_the_embedding_tells_pictures_apart(captioner):
    red, again, blue = (encoded(captioner, colour).embedding for colour in ("red", "red", "blue"))
    assert red.dtype == np.float32
    assert red.ndim == 1
    assert np.linalg.norm(red) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(red, again, atol=1e-6)
    assert 1 - float(red @ blue) > 1e-4


def test_the_tower_looks_once_and_says_the_same(captioner):
    looks = []
    first = next(module for module in captioner._tower._tower.modules() if not list(module.children()))
    hook = first.register_forward_hook(lambda *_: looks.append(1))
    encoding = encoded(captioner)
    once = len(looks)
    remembered = captioner.describe(encoding)
    assert len(looks) == once
    prompt = encoding.prefix
    other = VisionFeatures(torch.full_like(prompt.vision.pixels, 7.0), prompt.vision.features)
    looked_anew = captioner.describe(Encoding(Prompt(prompt.inputs, other), encoding.embedding))
    assert len(looks) > once, "of a picture that it has not seen it knows nothing"
    hook.remove()
    assert [caption.text for caption in looked_anew] == [caption.text for caption in remembered]


def test_pictures_may_be_described_in_another_order_than_they_were_seen(captioner):
    red, blue = encoded(captioner, "red"), encoded(captioner, "blue")
    later = captioner.describe(red)
    assert later == captioner.describe(encoded(captioner, "red"))
    assert captioner.describe(blue) != later


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 500, 3), (480, 640, 3)])
def test_pictures_of_any_size(captioner, shape):
    assert captioner.describe(captioner.encode(captioner.prepare(np.full(shape, 90, np.uint8))))


def test_warm_up_needs_no_picture(captioner):
    captioner.warm_up()


def test_what_fails_while_it_runs_is_told_of_in_a_line(captioner, monkeypatch):
    encoding = encoded(captioner)

    def fails(**_):
        raise torch.cuda.OutOfMemoryError("CUDA out of memory.\nTried to allocate 2 GiB")

    monkeypatch.setattr(captioner._model, "generate", fails)
    for step in (lambda: captioner.describe(encoding), lambda: encoded(captioner)):
        with pytest.raises(CaptionerError, match=r"CUDA out of memory\.;"):
            step()
