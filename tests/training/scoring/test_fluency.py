import pytest

pytest.importorskip("torch", reason="torch comes with the train extra")

from earsight_training.scoring.fluency import (
    FluencyErrors,
    count_fluency_errors,
    has_repetition,
    is_truncated,
)


@pytest.mark.parametrize(
    "caption",
    [
        "a dog dog runs",
        "a man in a in a shirt",
        "a brown dog a brown dog runs",
        "a dog in the in the grass",
    ],
)
def test_repetition(caption):
    assert has_repetition(caption.split())


@pytest.mark.parametrize(
    "caption",
    [
        "a man and a woman in a boat",
        "a man in a shirt and a man in a hat",
        "a very very small dog",
        "",
        "dog",
    ],
)
def test_no_repetition(caption):
    assert not has_repetition(caption.split())


@pytest.mark.parametrize("caption", ["a man in a", "a dog runs with", "", "the"])
def test_cut_short(caption):
    assert is_truncated(caption.split())


def test_whole():
    assert not is_truncated("a dog runs".split())
    assert not is_truncated("a bike is being ridden on".split(), {("ridden", "on")})


def test_counts():
    said = ["A dog runs.", "a dog dog runs", "a snowbo runs", "a dog runs in the", ""]
    known = ["A dog runs in the snow .", "a snowboarder"]
    assert count_fluency_errors(said, known) == FluencyErrors(repetitions=1, unknown_words=1, truncations=2)
