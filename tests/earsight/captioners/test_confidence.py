import dataclasses
import json

import numpy as np
import pytest

from earsight.bundles.bundle import Bundle, BundleError
from earsight.captioners.confidence import Confidence
from earsight.captioners.search import Hypothesis
from earsight_bundle.manifest import Manifest

SURE, LESS = (
    Hypothesis((1, 2), (-0.1, -0.3), finished=False),
    Hypothesis((1, 3), (-1.0, -1.4), finished=False),
)
UP, ASIDE = np.array([0.0, 1.0, 0.0], np.float32), np.array([1.0, 0.0, 0.0], np.float32)


def bundle(folder, files=(), **calibration):
    """One with only what confidence needs."""
    for name, array in dict(files).items():
        np.save(folder / name, array)
    manifest = {
        "schema_version": 2,
        "name": "test",
        "licence": "none",
        "capabilities": ["caption"],
        "image": {"side": 32, "fit": "squash"},
        "decode": {"beams": 2, "max_tokens": 4, "end_token": 0},
        "calibration": {"bias": 0.0, "weights": {}} | calibration,
        "files": dict.fromkeys(dict(files), "0" * 64),
    }
    return Bundle(folder, Manifest.model_validate_json(json.dumps(manifest)))


def logistic(logit):
    return pytest.approx(1 / (1 + np.exp(-logit)))


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), -1e9])
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_what_is_no_number_is_not_believed(tmp_path, value, weight):
    judge = Confidence(bundle(tmp_path, bias=5, weights={"mean_log_prob": weight}, order=0.5))
    broken = Hypothesis((1,), (value,), finished=False)
    captions = judge.captions(["a cat", "a dog"], [broken, SURE], UP)
    assert captions[0].text == "a dog"
    if weight or value != -1e9:
        assert captions[1].confidence == pytest.approx(0, abs=1e-9)


def test_what_is_sure_is_said_first_as_far_as_it_is_worth(tmp_path):
    by_words = {"words": {"dog": -2.0, "cat": 2.0}}
    for worth, first in ((0.0, "a dog"), (0.2, "a dog"), (0.3, "a cat")):  # log-probabilities: -0.2 and -1.2
        judge = Confidence(bundle(tmp_path, order=worth, **by_words))
        assert judge.captions(["a dog", "a cat"], [SURE, LESS], UP)[0].text == first
    ended = Hypothesis((1,), (-0.1, -0.3), finished=True)
    assert judge.captions(["a dog", "a cat"], [ended, LESS], UP)[0].text == "a dog"


def test_agreement_is_of_the_word_that_fewest_beams_have(tmp_path):
    judge = Confidence(bundle(tmp_path, weights={"agreement": 1.0}))
    first, second = judge.captions(["a dog", "a cat"], [SURE, LESS], UP)
    share = 1 / (1 + np.exp(-1.0))  # mean log-probabilities of -0.2 and -1.2
    assert {name: first.evidence[name] for name in ("tokens", "support", "finished")} == {
        "tokens": 2,
        "support": 0,
        "finished": 0,
    }
    assert first.evidence["agreement"] == pytest.approx(share)
    assert second.evidence["agreement"] == pytest.approx(1 - share)
    assert first.confidence == logistic(share)
    assert (first.mean_log_prob, first.lowest_log_prob) == (pytest.approx(-0.2), -0.3)
    (both,) = judge.captions(["a dog", "a dog"], [SURE, LESS], UP)
    assert both.evidence["agreement"] == pytest.approx(1)


def test_what_the_detector_supports_is_surer_and_said_first(tmp_path):
    judge = Confidence(bundle(tmp_path, weights={"support": 1.0}, order=0.5))
    supported = {("a dog", "en"): -2.0, ("a cat", "en"): 3.0}
    first, second = judge.captions(["a dog", "a cat"], [SURE, LESS], UP, lambda *caption: supported[caption])
    assert (first.text, first.evidence["support"], first.confidence) == ("a cat", 3.0, logistic(3))
    assert second.confidence == logistic(-2)


def test_a_caption_says_its_language(tmp_path):
    ours = bundle(tmp_path)
    theirs = dataclasses.replace(ours, manifest=ours.manifest.model_copy(update={"language": "id"}))
    asked = []
    judge = Confidence(theirs)
    (caption,) = judge.captions(["anjing"], [SURE], UP, lambda *of: asked.append(of) or 1.0)
    assert (caption.language, asked) == ("id", [("anjing", "id")])


def test_an_empty_caption_has_evidence_too(tmp_path):
    judge = Confidence(bundle(tmp_path, weights={"agreement": 1.0}))
    (caption,) = judge.captions([""], [Hypothesis((), (-2.0,), finished=True)], UP)
    assert caption.evidence["agreement"] == 0


def test_what_the_embedding_says(tmp_path):
    files = {"scenes.npy": np.stack([UP, ASIDE]).astype(np.float16), "probe.npy": np.array([4.0, -4, 0, 0])}
    judge = Confidence(bundle(tmp_path, files, weights={"familiarity": 2.0}))
    between = ((UP + ASIDE) / np.sqrt(2)).astype(np.float32)
    (caption,) = judge.captions(["a dog"], [SURE], between)
    assert caption.evidence["familiarity"] == pytest.approx(np.sqrt(0.5))
    assert caption.evidence["informative"] == pytest.approx(0.5)
    assert caption.confidence == pytest.approx(0.5 / (1 + np.exp(-2 * np.sqrt(0.5))))
    (nothing,) = judge.captions(["a dog"], [SURE], UP)
    assert nothing.confidence < 0.02


def test_familiarity_needs_its_file(tmp_path):
    with pytest.raises(BundleError, match=r"familiarity needs scenes\.npy"):
        Confidence(bundle(tmp_path, weights={"familiarity": 1.0}))


@pytest.mark.parametrize("array", [np.zeros((2, 2)), np.zeros(0), np.zeros(4, np.int64), np.array([None])])
def test_files_that_are_no_arrays_of_the_right_kind(tmp_path, array):
    with pytest.raises(BundleError, match=r"probe\.npy: not"):
        Confidence(bundle(tmp_path, {"probe.npy": array}))


def test_a_damaged_file_is_said_to_be(tmp_path):
    broken = bundle(tmp_path, {"probe.npy": UP})
    (tmp_path / "probe.npy").write_bytes(b"no array")
    with pytest.raises(BundleError, match=r"probe\.npy: not an array"):
        Confidence(broken)


def test_files_of_another_width_than_the_embedding(tmp_path):
    judge = Confidence(bundle(tmp_path, {"probe.npy": np.zeros(9)}))
    with pytest.raises(BundleError, match="does not fit the encoder's embedding of 3 numbers"):
        judge.captions(["a dog"], [SURE], UP)
