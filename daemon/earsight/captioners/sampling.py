"""Captions that are drawn by chance, each token from the likeliest ones: nucleus sampling (Holtzman et al.,
arXiv:1904.09751)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from earsight.captioners.captioner import DecodingCancelledError, never
from earsight.captioners.search import Candidates, Hypothesis, SearchSettings, Step, repeats


@dataclass(frozen=True, slots=True)
class Nucleus:
    """How captions are drawn.

    Attributes:
        samples: Captions that are drawn side by side.
        top_p: A token is drawn from the fewest likeliest ones that have this probability together, over 0..1.
        temperature: What the logits are divided by first, over 0.
        seed: The same seed draws the same captions of the same picture.
    """

    samples: int = 5
    top_p: float = 0.8
    temperature: float = 1.0
    seed: int = 0


def nucleus_sampling(
    first: Candidates,
    step: Step,
    settings: SearchSettings,
    nucleus: Nucleus,
    deadline: float,
    cancelled: Callable[[], bool] = never,
) -> list[Hypothesis]:
    """Draw captions, best first; finished ones before those that were cut short.

    Each caption is drawn from a generator of its own, so it does not depend on how many there are.

    Args:
        first: The first token's candidates, (1, k): k is the whole vocabulary, or the nucleus may lack some.
        step: Reads the newest tokens.
        settings: `beams` is ignored.
        nucleus: How to draw.
        deadline: Seconds on time.monotonic().
        cancelled: Asked before every step.

    Returns:
        As many hypotheses as samples, with the log-probabilities that the model itself gives to their tokens.
        Two may be the same.

    Raises:
        DecodingCancelledError: `cancelled` said so.
    """
    drawn = [_Drawing(settings, nucleus, number) for number in range(nucleus.samples)]
    live, candidates = [(each, 0) for each in drawn], first
    for length in range(1, settings.max_tokens + 1):
        live = [(each, row) for each, row in live if each.draw(candidates[0][row], candidates[1][row])]
        if not live or length == settings.max_tokens or time.monotonic() > deadline:
            break
        if cancelled():
            raise DecodingCancelledError
        parents, newest = zip(*((row, each.said.tokens[-1]) for each, row in live), strict=True)
        candidates = step(np.array(parents), np.array(newest))
        live = [(each, row) for row, (each, _) in enumerate(live)]
    found = [each.said for each in drawn]
    return sorted(found, key=lambda hypothesis: (hypothesis.finished, hypothesis.score), reverse=True)


class _Drawing:
    """One caption, as far as it is drawn."""

    def __init__(self, settings: SearchSettings, nucleus: Nucleus, number: int) -> None:
        self.said = Hypothesis((), (), finished=False)
        self._settings, self._nucleus = settings, nucleus
        self._generator = np.random.default_rng([nucleus.seed, number])

    def draw(self, log_probs: np.ndarray, tokens: np.ndarray) -> bool:
        """Draw the next token from the candidates, each (k,). Returns whether the caption goes on."""
        at = self._next(log_probs, tokens)
        if at is None:
            return False
        self.said = self.said.extended(int(tokens[at]), float(log_probs[at]), self._settings.end)
        return not self.said.finished

    def _next(self, log_probs: np.ndarray, tokens: np.ndarray) -> int | None:
        """The place of the next token; None if each of them would repeat what was said."""
        chances, no_repeat = nucleus_of(log_probs, self._nucleus), self._settings.no_repeat
        if no_repeat:
            for at in np.flatnonzero(np.isin(tokens[: len(chances)], self.said.tokens)):
                if repeats(self.said.tokens, int(tokens[at]), no_repeat):
                    chances[at] = 0.0
            if not chances.sum():
                # All of the nucleus would go round in circles: the likeliest of the rest that does not.
                rest = range(len(chances), len(tokens))
                fit = (at for at in rest if not repeats(self.said.tokens, int(tokens[at]), no_repeat))
                return next(fit, None)
        return int(self._generator.choice(len(chances), p=chances / chances.sum()))


def nucleus_of(log_probs: np.ndarray, nucleus: Nucleus) -> np.ndarray:
    """Compute the probability of each token of the nucleus.

    The first token that takes the sum over top_p belongs to it, as in the published captioner.

    Args:
        log_probs: Float (k,), of the likeliest tokens, likeliest first.
        nucleus: What it is.

    Returns:
        Float64 (tokens of the nucleus,), likeliest first; they sum to 1.
    """
    scaled = log_probs.astype(np.float64) / nucleus.temperature
    chances = np.exp(scaled - scaled.max())
    chances /= chances.sum()
    before = np.cumsum(chances) - chances
    kept = max(1, int(np.searchsorted(before, nucleus.top_p, side="right")))
    return np.asarray(chances[:kept] / chances[:kept].sum())
