"""Beam search with scores averaged over length, as ClipCap decodes (Mokady et al., arXiv:2111.09734)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from earsight.captioners.captioner import DecodingCancelledError, never


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A caption in tokens.

    Attributes:
        tokens: Without the end token.
        log_probs: Of each token, at most 0; of a finished caption also that of the end token.
        finished: Whether the caption has come to its end.
    """

    tokens: tuple[int, ...]
    log_probs: tuple[float, ...]
    finished: bool

    @property
    def score(self) -> float:
        """Mean log-probability; -inf without any token."""
        return sum(self.log_probs) / len(self.log_probs) if self.log_probs else float("-inf")

    def extended(self, token: int, log_prob: float, end: int) -> Hypothesis:
        """The hypothesis with one more token. end: the token that finishes it."""
        log_probs = (*self.log_probs, log_prob)
        if token == end:
            return Hypothesis(self.tokens, log_probs, finished=True)
        return Hypothesis((*self.tokens, token), log_probs, finished=False)


Candidates = tuple[np.ndarray, np.ndarray]
"""Log-probabilities and ids of the likeliest next tokens, each (beams, k)."""

Step = Callable[[np.ndarray, np.ndarray], Candidates]
"""From parents and tokens, each (live beams,): the beam of the last step that each goes on from, and its
newest token. Returns the candidates for the token after it."""


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How to search.

    Attributes:
        beams: Hypotheses kept at each step.
        max_tokens: Tokens of the longest caption, the end token counted.
        end: The end token.
        no_repeat: See repeats(); 0 lets a caption repeat itself.
    """

    beams: int
    max_tokens: int
    end: int
    no_repeat: int = 0


def beam_search(
    first: Candidates,
    step: Step,
    settings: SearchSettings,
    deadline: float,
    cancelled: Callable[[], bool] = never,
) -> list[Hypothesis]:
    """Find the likeliest captions, best first; finished ones before those that were cut short.

    At each step, continuations and finished captions compete by mean log-probability, until the best are all
    finished, the longest is reached, or time is up.

    Args:
        first: Candidates for the first token, (1, k).
        step: Reads the newest tokens.
        settings: How to search.
        deadline: Seconds on time.monotonic().
        cancelled: Asked before every step.

    Raises:
        DecodingCancelledError: `cancelled` said so.
    """
    kept, live, candidates = [Hypothesis((), (), finished=False)], [0], first
    for length in range(1, settings.max_tokens + 1):
        grown = _grow(kept, live, candidates, settings)
        if not grown:
            break
        grown.sort(key=lambda pair: pair[0].score, reverse=True)
        chosen = grown[: settings.beams]
        kept = [hypothesis for hypothesis, _ in chosen]
        live = [index for index, hypothesis in enumerate(kept) if not hypothesis.finished]
        if not live or length == settings.max_tokens or time.monotonic() > deadline:
            break
        if cancelled():
            raise DecodingCancelledError
        rows, tokens = zip(*((chosen[index][1], kept[index].tokens[-1]) for index in live), strict=True)
        candidates = step(np.array(rows), np.array(tokens))
    return sorted(kept, key=lambda hypothesis: (hypothesis.finished, hypothesis.score), reverse=True)


def repeats(tokens: tuple[int, ...], token: int, no_repeat: int) -> bool:
    """Whether a caption would repeat itself with one more token.

    What comes from there on is a loop, more often than not.

    Args:
        tokens: Of the caption so far.
        token: The next one.
        no_repeat: So many tokens in a row may not come a second time; fewer may, but not directly.
    """
    if token not in tokens:
        return False
    said = (*tokens, token)
    if any(said[-n:] == said[-2 * n : -n] for n in range(1, no_repeat)):
        return True
    tail = said[-no_repeat:]
    return any(said[at : at + no_repeat] == tail for at in range(len(said) - no_repeat))


def _grow(
    kept: list[Hypothesis], live: list[int], candidates: Candidates, settings: SearchSettings
) -> list[tuple[Hypothesis, int]]:
    """Every hypothesis that may go on, with the row of the last step that it comes from (-1: finished)."""
    grown = [(hypothesis, -1) for hypothesis in kept if hypothesis.finished]
    for row, index in enumerate(live):
        for log_prob, token in zip(candidates[0][row], candidates[1][row], strict=True):
            if settings.no_repeat and repeats(kept[index].tokens, int(token), settings.no_repeat):
                continue
            grown.append((kept[index].extended(int(token), float(log_prob), settings.end), row))
    return grown
