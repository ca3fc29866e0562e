"""Whether two systems find the same tokens after the same prefixes: all beams, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from tqdm import tqdm

from benchmarks.full_size.worker import Client

Tokens = tuple[int, ...]


@dataclass(frozen=True)
class Difference:
    """Where two lists of beams part.

    Attributes:
        prefix: Its number, from 0.
        beam: The first beam that differs, from 0.
        position: The first token that differs, from 0.
        token_gap: How much likelier the first system's token is than the second's, by the judge's
            log-probabilities: a gap as small as its rounding is a tie.
        mean_gap: The same of the mean log-probabilities of the two whole sequences.
    """

    prefix: int
    beam: int
    position: int
    token_gap: float
    mean_gap: float


@dataclass(frozen=True)
class TokenAgreement:
    """How far two systems agree.

    Attributes:
        systems: Their names.
        prefixes: How many were compared.
        beams: Of each search.
        captions: How many different best captions there were: few would show little.
        score_error: The largest difference between the mean log-probabilities that both give the same tokens.
        differences: One for each prefix that they differ on.
    """

    systems: tuple[str, str]
    prefixes: int
    beams: int
    captions: int
    score_error: float
    differences: list[Difference]

    @property
    def same(self) -> int:
        """The number of prefixes that they agree on."""
        return self.prefixes - len(self.differences)


def agreement(
    names: tuple[str, str], first: Client, second: Client, judge: Client, prefixes: int
) -> TokenAgreement:
    """Compare two systems.

    Args:
        names: Theirs.
        first: One of them.
        second: The other.
        judge: A system that answers log_probs.
        prefixes: How many random ones to compare.
    """
    differences, best, errors, beams = [], set(), [0.0], 0
    for prefix in tqdm(range(prefixes), desc=f"{names[0]} and {names[1]}", unit="prefix"):
        ours, theirs = _found(first, prefix), _found(second, prefix)
        beams = len(ours)
        best.add(ours[0][0])
        scores = dict(theirs)
        errors += [abs(score - scores[tokens]) for tokens, score in ours if tokens in scores]
        for beam, ((a, _), (b, _)) in enumerate(zip(ours, theirs, strict=True)):
            if a != b:
                differences.append(_difference(judge, prefix, beam, a, b))
                break
    return TokenAgreement(names, prefixes, beams, len(best), max(errors), differences)


def _found(system: Client, prefix: int) -> list[tuple[Tokens, float]]:
    return [(tuple(tokens), score) for tokens, score in system.ask("search", prefix=prefix)]


def _difference(judge: Client, prefix: int, beam: int, a: Tokens, b: Tokens) -> Difference:
    of_a, of_b = (judge.ask("log_probs", prefix=prefix, tokens=list(tokens)) for tokens in (a, b))
    shared = [x == y for x, y in zip(a, b, strict=False)]
    position = shared.index(False) if False in shared else len(shared)
    at = [of[position] if position < len(of) else 0.0 for of in (of_a, of_b)]
    mean_gap = sum(of_a) / len(of_a) - sum(of_b) / len(of_b)
    return Difference(prefix, beam, position, at[0] - at[1], mean_gap)
