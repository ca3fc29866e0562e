"""Beam search with scores averaged over length, as ClipCap decodes (Mokady et al., arXiv:2111.09734)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from earsight.captioners.captioner import DecodingCancelledError, never


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A caption in tokens (the end token not among them), with the log-probability of each.

    log_probs has one more entry than tokens when the caption came to its end.
    """

    tokens: tuple[int, ...]
    log_probs: tuple[float, ...]
    finished: bool

    @property
    def score(self) -> float:
        """Mean log-probability; -inf for nothing at all."""
        return sum(self.log_probs) / len(self.log_probs) if self.log_probs else float("-inf")

    def extended(self, token: int, log_prob: float, end: int) -> Hypothesis:
        log_probs = (*self.log_probs, log_prob)
        if token == end:
            return Hypothesis(self.tokens, log_probs, finished=True)
        return Hypothesis((*self.tokens, token), log_probs, finished=False)


Candidates = tuple[np.ndarray, np.ndarray]
"""Log-probabilities and ids of the likeliest next tokens, each (beams, k)."""

Step = Callable[[np.ndarray, np.ndarray], Candidates]
"""From parents and tokens, each (live beams,): the beam of the last step that each goes on from, and its
newest token. Returns the candidates for the token after it."""


def beam_search(
    first: Candidates,
    step: Step,
    beams: int,
    max_tokens: int,
    end: int,
    deadline: float,
    no_repeat: int = 0,
    cancelled: Callable[[], bool] = never,
) -> list[Hypothesis]:
    """Find the likeliest captions.

    At each step all continuations compete with the finished captions by mean log-probability, and the best
    ``beams`` go on. The search ends when all of them are finished, at max_tokens tokens, or at the deadline
    with what was found by then.

    Args:
        first: Candidates for the first token, (1, k).
        step: Reads the newest tokens and returns the candidates for the next ones.
        beams: Hypotheses kept at each step.
        max_tokens: Tokens of the longest caption, the end token counted.
        end: The end token.
        deadline: Seconds on time.monotonic().
        no_repeat: See repeats(); 0 lets a caption repeat itself.
        cancelled: Asked before every step.

    Returns:
        At most ``beams`` hypotheses, best first; finished ones before those that were cut short.

    Raises:
        DecodingCancelledError: `cancelled` said so.
    """
    kept = [Hypothesis((), (), finished=False)]
    live, candidates = [0], first
    for length in range(1, max_tokens + 1):
        grown = _grow(kept, live, candidates, end, no_repeat)
        if not grown:
            break
        grown.sort(key=lambda pair: pair[0].score, reverse=True)
        chosen = grown[:beams]
        kept = [hypothesis for hypothesis, _ in chosen]
        live = [index for index, hypothesis in enumerate(kept) if not hypothesis.finished]
        if not live or length == max_tokens or time.monotonic() > deadline:
            break
        if cancelled():
            raise DecodingCancelledError
        parents = np.array([chosen[index][1] for index in live])
        candidates = step(parents, np.array([kept[index].tokens[-1] for index in live]))
    return sorted(kept, key=lambda hypothesis: (hypothesis.finished, hypothesis.score), reverse=True)


def repeats(tokens: tuple[int, ...], token: int, no_repeat: int) -> bool:
    """Whether the tokens and one more say no_repeat tokens in a row for the second time, or directly repeat
    fewer. What a caption has from there on is a loop, more often than not."""
    if token not in tokens:
        return False
    said = (*tokens, token)
    if any(said[-n:] == said[-2 * n : -n] for n in range(1, no_repeat)):
        return True
    tail = said[-no_repeat:]
    return any(said[at : at + no_repeat] == tail for at in range(len(said) - no_repeat))


def _grow(
    kept: list[Hypothesis], live: list[int], candidates: Candidates, end: int, no_repeat: int
) -> list[tuple[Hypothesis, int]]:
    """Every hypothesis that may go on, with the row of the last step that it comes from (-1: finished)."""
    grown = [(hypothesis, -1) for hypothesis in kept if hypothesis.finished]
    for row, index in enumerate(live):
        for log_prob, token in zip(candidates[0][row], candidates[1][row], strict=True):
            if no_repeat and repeats(kept[index].tokens, int(token), no_repeat):
                continue
            grown.append((kept[index].extended(int(token), float(log_prob), end), row))
    return grown
