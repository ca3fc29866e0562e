"""The same words as the published captioner: its search, against the daemon's over the exported decoder."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

torch = pytest.importorskip("torch", reason="torch comes with the train extra")
pytest.importorskip("transformers", reason="transformers comes with the train extra")

from earsight.bundles.bundle import open_bundle  # noqa: E402
from earsight.captioners.onnx import OnnxCaptioner  # noqa: E402
from earsight.captioners.sampling import Nucleus  # noqa: E402
from earsight_training.bundles.writer import write_bundle  # noqa: E402
from earsight_training.networks.caption_model import CaptionModel  # noqa: E402
from earsight_training.networks.clip_encoders import clip_image_encoder  # noqa: E402
from earsight_training.published import read_published  # noqa: E402
from tests.training.clip_models import clip_state  # noqa: E402
from tests.training.gpt2_models import byte_tokenizer, gpt2_model, published_state  # noqa: E402
from tests.training.published_search import published_draw, published_search  # noqa: E402

PREFIXES, BEAMS, LONGEST, PREFIX = 500, 7, 40, 4


def talkative(gpt2, stop: int, willing: float):
    """Random weights that have something to say, and come to an end: the stop token's logit is raised."""
    torch.manual_seed(9)
    width = gpt2.config.n_embd
    with torch.no_grad():
        for name, parameter in gpt2.named_parameters():
            if name.endswith("weight") and "ln_" not in name and "wpe" not in name:
                parameter.mul_(3)
        direction = torch.randn(width) / width**0.5
        gpt2.transformer.ln_f.bias += 2 * direction
        gpt2.transformer.wte.weight[stop] += willing * direction
    return gpt2


def bundle_of(folder, gpt2, vocabulary):
    """As it is imported from the published file and exported, in float32."""
    torch.save(published_state("transformer", gpt2, prefix=PREFIX), folder / "published.pt")
    captioner = read_published(folder / "published.pt", byte_tokenizer(vocabulary), clip="RN50")
    model = CaptionModel(clip_image_encoder(clip_state()), captioner.model.mapper, captioner.model.decoder)
    write_bundle(folder / "bundle", replace(captioner, model=model), "float32", "# Published\n")
    return open_bundle(folder / "bundle"), captioner.vocabulary.end


def differing(gpt2, captioner, stop, prefixes, longest=LONGEST):
    """The prefixes' numbers for which any beam is another, and the lengths of all captions."""
    others, lengths, unfinished = [], set(), 0
    for number, prefix in enumerate(prefixes):
        expected = published_search(gpt2, prefix, BEAMS, longest, stop)
        found = captioner.search(prefix.numpy())
        ours = sorted(found, key=lambda hypothesis: hypothesis.score, reverse=True)
        texts = [
            (*hypothesis.tokens, stop) if hypothesis.finished else hypothesis.tokens for hypothesis in ours
        ]
        if texts != [text for text, _ in expected]:
            others.append(number)
        lengths |= {len(text) for text in texts}
        unfinished += sum(not hypothesis.finished for hypothesis in found)
    return others, lengths, unfinished


def test_the_same_token_sequences_as_the_published_search(tmp_path):
    gpt2 = gpt2_model(vocabulary=300, width=64, layers=2, heads=1, positions=64)
    bundle, stop = bundle_of(tmp_path, talkative(gpt2, 13, willing=3.0), 300)
    captioner = OnnxCaptioner(bundle, threads=1, time_limit=inf, no_repeat=0)
    prefixes = torch.randn(PREFIXES, PREFIX, 64, generator=torch.Generator().manual_seed(6))
    others, lengths, unfinished = differing(gpt2, captioner, stop, prefixes)
    assert not others, f"{len(others)} of {PREFIXES} differ: {others[:9]}"
    assert len(lengths) > 5, "captions of several lengths, or the comparison shows little"
    assert unfinished < 0.9 * PREFIXES * BEAMS


def test_the_same_token_sequences_as_the_published_greedy_and_nucleus_decoding(tmp_path):
    """By the cache, against every text read anew. Numbers that differ in the sixth place can move a draw."""
    gpt2 = gpt2_model(vocabulary=300, width=64, layers=2, heads=1, positions=64)
    bundle, stop = bundle_of(tmp_path, talkative(gpt2, 13, willing=3.0), 300)
    nucleus = Nucleus(samples=3, top_p=0.8, temperature=1.3, seed=4)
    limits = {"threads": 1, "time_limit": inf, "no_repeat": 0}
    greedy = OnnxCaptioner(bundle, beams=1, **limits)
    drawing = OnnxCaptioner(bundle, nucleus=nucleus, **limits)
    longest = bundle.manifest.decode.max_tokens
    prefixes = torch.randn(40, PREFIX, 64, generator=torch.Generator().manual_seed(7))
    others, texts = 0, set()
    for prefix in prefixes:
        (found,) = spoken(greedy.search(prefix.numpy()), stop)
        assert found == published_draw(gpt2, prefix, longest, stop, None, [0])
        found = spoken(drawing.search(prefix.numpy()), stop)
        shape = (nucleus.top_p, nucleus.temperature)
        plain = [published_draw(gpt2, prefix, longest, stop, shape, [4, number]) for number in range(3)]
        others += len(set(plain) - set(found))
        texts |= set(found)
    assert others <= 1
    assert len(texts) > 60


def spoken(found, stop):
    """The texts with their stop tokens."""
    return [(*one.tokens, stop) if one.finished else one.tokens for one in found]
