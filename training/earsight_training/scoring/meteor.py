"""METEOR 1.5 (Denkowski and Lavie, 2014, "Meteor Universal"), the Java program that pycocoevalcap ships.

The program aligns a caption with each of its references and answers with 23 numbers about the best alignment.
These add up over captions, and METEOR of a whole set is computed from their sums: it is not the mean of the
captions' scores.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from earsight_training.scoring import java

STATISTICS = 23
"""Test and reference length, function words of both; for each of the four matchers (exact, stem, synonym,
paraphrase) content and function words matched, in test and reference each; chunks; words matched in both."""

# The program's parameters for English, and the weights of its four matchers.
_ALPHA, _BETA, _GAMMA, _DELTA = 0.85, 0.2, 0.6, 0.75
_WEIGHTS = np.array([1.0, 0.6, 0.8, 0.6])


@dataclass(frozen=True)
class MeteorScores:
    """METEOR of a set of captions.

    Attributes:
        corpus: METEOR's own figure for all captions together.
        captions: Its figure for each, float64 (captions,).
        statistics: Float64 (captions, STATISTICS).
    """

    corpus: float
    captions: np.ndarray
    statistics: np.ndarray


def meteor(
    captions: Sequence[str], references: Sequence[Sequence[str]], patience: float | None = None
) -> MeteorScores:
    """Score captions.

    Args:
        captions: Tokenized.
        references: Of each caption, tokenized.

    Raises:
        JavaError: Java is missing, or its program failed.
    """
    with _Program(patience) as program:
        statistics = [program.align(*pair) for pair in zip(captions, references, strict=True)]
        scores = program.evaluate(statistics)
    numbers = np.array([[float(number) for number in line.split()] for line in statistics])
    return MeteorScores(scores[-1], np.array(scores[:-1]), numbers.reshape(-1, STATISTICS))


def meteor_of_sums(sums: np.ndarray) -> np.ndarray:
    """Compute METEOR from sums of statistics, by equations 1 to 5 of the paper: the program's own figure.

    Args:
        sums: Float (..., STATISTICS).

    Returns:
        Float (...), 0 where nothing matches.
    """
    lengths, function_words = sums[..., 0:2], sums[..., 2:4]
    by_matcher = sums[..., 4:20].reshape(
        *sums.shape[:-1], 4, 2, 2
    )  # matcher, content or function, test or ref
    content, function = by_matcher[..., 0, :], by_matcher[..., 1, :]
    chunks, word_matches = sums[..., 20], sums[..., 21:23]
    weighted = np.einsum("m,...ms->...s", _WEIGHTS, _DELTA * content + (1 - _DELTA) * function)
    weighted_lengths = _DELTA * (lengths - function_words) + (1 - _DELTA) * function_words
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = np.moveaxis(weighted / weighted_lengths, -1, 0)
        f_mean = 1 / ((1 - _ALPHA) / precision + _ALPHA / recall)
        fragmentation = chunks / word_matches.mean(-1)
        whole = ((content + function).sum(-2) == lengths).all(-1) & (chunks == 1)
        penalty = _GAMMA * np.where(whole, 0.0, fragmentation) ** _BETA
        score: np.ndarray = np.nan_to_num(f_mean * (1 - penalty), nan=0.0)
    return score


class _Program:
    """The child process, which is gone when the block is left, however it is left."""

    def __init__(self, patience: float | None) -> None:
        self._patience = patience
        self._given_up = False

    def __enter__(self) -> Self:
        from pycocoevalcap.meteor import meteor as shipped

        self._complaints = tempfile.TemporaryFile()  # closed in __exit__
        arguments = ["-Xmx2G", "-jar", shipped.METEOR_JAR, "-", "-", "-stdio", "-l", "en", "-norm"]
        try:
            self._child = java.start(arguments, Path(shipped.__file__).parent, self._complaints)
        except BaseException:
            self._complaints.close()
            raise
        self._limit = threading.Timer(self._patience, self._give_up) if self._patience else None
        if self._limit:
            self._limit.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._limit:
            self._limit.cancel()
        self._child.kill()
        self._child.wait()
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdout.close()
        with contextlib.suppress(OSError):  # it had died with a line of ours unread
            self._child.stdin.close()
        self._complaints.close()

    def _give_up(self) -> None:
        """The end of the child wakes whoever waits for its answer."""
        self._given_up = True
        self._child.kill()

    def align(self, caption: str, references: Sequence[str]) -> str:
        """The statistics, as the program wrote them."""
        fields = [text.replace("|||", "") for text in (*references, caption)]
        self._say(" ||| ".join(["SCORE", *fields]))
        statistics = self._hear()
        if len(statistics.split()) != STATISTICS:
            raise java.JavaError(f"METEOR answered {statistics[:80]!r} for the caption {caption!r}")
        return statistics

    def evaluate(self, statistics: Sequence[str]) -> list[float]:
        """The score of each, then that of all together."""
        self._say(" ||| ".join(["EVAL", *statistics]))
        return [float(self._hear()) for _ in range(len(statistics) + 1)]

    def _say(self, line: str) -> None:
        assert self._child.stdin
        try:
            self._child.stdin.write(line + "\n")
            self._child.stdin.flush()
        except OSError as error:
            raise self._died() from error

    def _hear(self) -> str:
        assert self._child.stdout
        line = self._child.stdout.readline()
        if not line:
            raise self._died()
        return line.strip()

    def _died(self) -> java.JavaError:
        if self._given_up and self._patience:
            return java.too_slow("METEOR", self._patience)
        self._child.kill()  # with a pipe broken there is no talking to it, should it still run
        code = self._child.wait()
        self._complaints.seek(0)
        why = java.last_line(self._complaints.read().decode(errors="replace"))
        return java.JavaError(f"METEOR's Java process ended ({code}): {why}")
