import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pycocoevalcap", reason="pycocoevalcap comes with the train extra")

from pycocoevalcap.bleu.bleu import Bleu

from earsight_training.scoring.bootstrap import interval
from earsight_training.scoring.scores import _bleu, bleu_of_sums, cider, measure

EXAMPLE = Path(__file__).parents[2] / "data" / "coco_example.json.gz"
PUBLISHED = {
    "BLEU-1": 0.579,
    "BLEU-2": 0.404,
    "BLEU-3": 0.279,
    "BLEU-4": 0.191,
    "METEOR": 0.195,
    "ROUGE-L": 0.396,
    "CIDEr": 0.600,
}
needs_java = pytest.mark.skipif(not shutil.which("java"), reason="pycocoevalcap needs Java")


@pytest.fixture(scope="module")
def example():
    """The captions and references of the example that pycocoevalcap is checked with."""
    rows = json.loads(gzip.decompress(EXAMPLE.read_bytes()))["images"]
    return [row["caption"] for row in rows], [row["references"] for row in rows]


@pytest.fixture(scope="module")
def metrics(example):
    return measure(*example)


@needs_java
def test_the_published_scores_of_the_example(metrics):
    assert {metric.name: metric.value for metric in metrics} == pytest.approx(PUBLISHED, abs=0.001)


@needs_java
def test_what_is_resampled_gives_the_very_score(metrics):
    for metric in metrics:
        assert metric.per_photo.shape == (1000,)
        assert float(metric.of_sums(metric.statistics.sum(0))) == pytest.approx(metric.value, rel=1e-12)
        np.testing.assert_allclose(metric.of_sums(metric.statistics), metric.per_photo, rtol=1e-9, atol=1e-12)


@needs_java
def test_intervals_of_the_example(metrics):
    """A thousand photos leave about this much doubt."""
    widths = {metric.name: np.subtract(*interval(metric)[::-1]) for metric in metrics}
    assert all(low < metric.value < high for metric in metrics for low, high in [interval(metric)])
    assert 0.015 < widths["BLEU-4"] < 0.035
    assert 0.007 < widths["METEOR"] < 0.015
    assert 0.05 < widths["CIDEr"] < 0.1


@needs_java
def test_the_score_of_early_stopping_is_the_full_one(example, metrics):
    captions, references = example
    full = next(metric.value for metric in metrics if metric.name == "CIDEr")
    assert cider(list(zip(captions, references, strict=True))) == pytest.approx(full)


def test_bleu_of_a_resample_is_that_of_its_photos():
    rng = np.random.default_rng(4)
    words = np.array("a dog cat runs sits on the red green grass".split())
    captions = [" ".join(rng.choice(words, rng.integers(0, 9))) for _ in range(30)]
    references = [[" ".join(rng.choice(words, rng.integers(1, 9))) for _ in range(3)] for _ in range(30)]
    drawn = rng.integers(30, size=30)
    expected, _ = Bleu(4).compute_score(
        {i: references[index] for i, index in enumerate(drawn)},
        {i: [captions[index]] for i, index in enumerate(drawn)},
        verbose=0,
    )
    sums = _bleu(captions, references)[0].statistics[drawn].sum(0)
    assert [float(bleu_of_sums(n, sums)) for n in range(1, 5)] == pytest.approx(expected, rel=1e-12)
