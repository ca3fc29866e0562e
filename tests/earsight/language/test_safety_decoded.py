"""Earsight never says that a way is clear, in any language: over what the built-in bundle decodes."""

import json

import numpy as np
import pytest
from PIL import Image

from earsight.bundles.bundle import bundle_folder, open_bundle
from earsight.captioners.captioner import Encoding
from earsight.captioners.onnx import OnnxCaptioner
from earsight.language.english.safety import unfit_for_description
from earsight.scene import Caption
from tests.earsight.language.english.promises import (
    BY_THEMSELVES,
    TRAFFIC,
    WAYS,
    WITH_OTHERS,
    promise,
    sentences,
)
from tests.earsight.language.indonesian.promises import promise as promise_in_indonesian


@pytest.fixture(scope="module")
def captioner():
    return OnnxCaptioner(open_bundle(bundle_folder("builtin")), beams=3)


def picture(rng):
    """Blocks of colour, a gradient and noise, in any proportions."""
    blocks = rng.integers(0, 256, (*rng.integers(2, 12, 2), 3), np.uint8)
    filters = (Image.Resampling.NEAREST, Image.Resampling.BICUBIC)
    layers = [
        np.asarray(Image.fromarray(blocks).resize((96, 96), filters[rng.integers(2)])),
        np.linspace(*rng.uniform(0, 255, (2, 3)), 96)[:, None, :].repeat(96, 1),
        rng.uniform(0, 255, (96, 96, 3)),
    ]
    shares = rng.dirichlet([1, 1, 0.3])
    return sum(share * layer for share, layer in zip(shares, layers, strict=True)).astype(np.uint8)


def decoded(captioner, count, seed):
    """The captions of so many prefixes: of such pictures, mixed with those of others, and noise."""
    rng = np.random.default_rng(seed)
    known = [captioner.encode(captioner.prepare(picture(rng))) for _ in range(max(4, count // 20))]
    for _ in range(count):
        one, two = (known[at] for at in rng.integers(len(known), size=2))
        share = rng.uniform(-0.5, 1.5)
        prefix = share * one.prefix + (1 - share) * two.prefix
        prefix += rng.normal(0, rng.uniform(0, 0.5) * prefix.std(), prefix.shape)
        yield captioner.describe(Encoding(prefix.astype(one.prefix.dtype), one.embedding))


def check(all_captions, count):
    """Returns the captions that the rule keeps from being said."""
    texts, refused = set(), set()
    for captions in all_captions:
        texts |= {each.text for each in captions}
        refused |= {each.text for each in captions if unfit_for_description(each.text)}
        for each in captions:
            assert unfit_for_description(each.text) or not promise(each.text), each.text
        certain = [Caption(each.text, 0.99, each.mean_log_prob, each.lowest_log_prob) for each in captions]
        for said in sentences(certain):
            assert promise(said) is None, said
        for said in sentences(certain, "id"):
            assert promise_in_indonesian(said) is None, said
            assert promise(said) is None, said
    assert len(texts) > count / 20, "the same again and again would show little"
    return refused


def steered(captioner, monkeypatch, seed):
    """From here on the search comes upon words of promises, and goes on from them as it does."""
    file = bundle_folder("builtin") / "tokenizer.json"
    tokens = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    wanted = [*BY_THEMSELVES, *WITH_OTHERS, *WAYS, *TRAFFIC, "is", "are", "to", "one"]
    ids = np.array([tokens[f"Ġ{word}"] for word in wanted if f"Ġ{word}" in tokens])
    rng, read = np.random.default_rng(seed), captioner._speaker.decoder.read_tokens

    def read_and_steer(parents, chosen):
        log_probs, likeliest = read(parents, chosen)
        if rng.random() < 0.4:
            likeliest = likeliest.copy()
            likeliest[:, 0] = rng.choice(ids, len(likeliest))
        return log_probs, likeliest

    monkeypatch.setattr(captioner._speaker.decoder, "read_tokens", read_and_steer)


def test_decoded_captions(captioner):
    check(decoded(captioner, 150, seed=1), 150)


def test_decoded_captions_with_words_of_promises(captioner, monkeypatch):
    steered(captioner, monkeypatch, seed=2)
    assert len(check(decoded(captioner, 150, seed=2), 150)) > 30


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(3, 8))
def test_ten_thousand_decoded_captions(captioner, seed):
    check(decoded(captioner, 2000, seed), 200)


@pytest.mark.heavy
def test_thousands_with_words_of_promises(captioner, monkeypatch):
    steered(captioner, monkeypatch, seed=8)
    assert len(check(decoded(captioner, 2000, seed=8), 2000)) > 400
