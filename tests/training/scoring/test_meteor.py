import os

import numpy as np
import pytest

pytest.importorskip("pycocoevalcap", reason="pycocoevalcap comes with the train extra")

from earsight_training.scoring import java
from earsight_training.scoring.java import JavaError
from earsight_training.scoring.meteor import STATISTICS, meteor, meteor_of_sums

ONE_LINE = " ".join(["2.0"] * STATISTICS)


@pytest.fixture
def children(monkeypatch):
    started = []
    start = java.start

    def remembered(*arguments):
        started.append(start(*arguments))
        return started[-1]

    monkeypatch.setattr(java, "start", remembered)
    return started


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        (
            "echo 'Error: Could not reserve enough space' >&2; exit 1",
            r"ended \(1\): Error: Could not reserve",
        ),
        (f"read line; echo {ONE_LINE}; exit 0", r"ended \(0\): it did not say why"),
        ("read line; echo nonsense; sleep 60", "answered 'nonsense' for the caption 'a dog'"),
    ],
)
def test_what_goes_wrong_is_said_and_leaves_no_process(java_that, children, script, complaint):
    java_that(script)
    with pytest.raises(JavaError, match=complaint):
        meteor(["a dog", "a cat"], [["a dog"], ["a cat", "cats"]])
    assert [child.poll() is None for child in children] == [False]
    with pytest.raises(ProcessLookupError):
        os.kill(children[0].pid, 0)


def test_a_program_that_hangs_is_given_up(java_that, children):
    java_that("exec sleep 60")
    with pytest.raises(JavaError, match="METEOR did not answer within 1 s"):
        meteor(["a dog"], [["a dog"]], patience=1)
    assert children[0].poll() is not None


def test_without_java_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(JavaError, match="needs Java"):
        meteor(["a dog"], [["a dog"]])


def test_the_figures_come_from_the_program(java_that, children):
    java_that(f"read line; echo {ONE_LINE}; read line; echo 0.25; echo 0.5")
    scores = meteor(["a ||| dog"], [["a dog"]])
    assert scores.corpus == 0.5
    assert scores.captions.tolist() == [0.25]
    assert scores.statistics.tolist() == [[2.0] * STATISTICS]
    assert children[0].poll() is not None


def test_a_formula_for_sums():
    exact = np.zeros(STATISTICS)
    exact[[0, 1]] = 4  # words
    exact[[2, 3]] = 2  # of these function words
    exact[[4, 5, 6, 7]] = 2  # all matched by the first matcher
    exact[20], exact[21:23] = 1, 4
    scattered = exact.copy()
    scattered[20] = 4  # in pieces of one word
    nothing = np.zeros(STATISTICS)
    nothing[[0, 1]] = 4
    scores = meteor_of_sums(np.stack([exact, scattered, nothing, np.zeros(STATISTICS)]))
    np.testing.assert_allclose(scores, [1, 1 - 0.6, 0, 0])
