"""How far a detector agrees with what a caption names: the feature `support` of the caption's confidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from earsight.language.readers import READERS
from earsight.language.vocabulary import THINGS, Mention, with_kinds

_MOST = 4.0
"""Log-odds beyond which a detector is as good as sure; scores that are 0 or 1 have no log-odds."""


def support(text: str, language: str, presence: Mapping[str, float]) -> float:
    """Work out how far a detector supports a caption.

    A man is a person to a detector that knows people. "An animal" is any of the animals that it knows; a
    monkey, which it does not know, says nothing.

    Args:
        text: The caption.
        language: Code of the language that it is in.
        presence: As in a Scene.

    Returns:
        The log-odds, -4..4, that the picture shows what is least likely of the things that the caption names
        and the detector knows; 0 where it names none of these, or is in a language that nobody reads.
    """
    if not presence or language not in READERS:
        return 0.0
    chances = _chances(READERS[language](text), presence)
    return min(map(_log_odds, chances), default=0.0)


def _chances(mentions: Mapping[str, Mention], presence: Mapping[str, float]) -> Iterator[float]:
    """The presence of each thing that is mentioned and known."""
    for name in mentions:
        if name in presence:
            yield presence[name]
        elif not THINGS[name].place and not any(name in with_kinds(other) - {other} for other in mentions):
            members = [presence[known] for known in presence if known in THINGS and name in with_kinds(known)]
            if members:
                yield max(members)


def _log_odds(probability: float) -> float:
    edge = 1 / (1 + math.exp(_MOST))
    kept = min(max(probability, edge), 1 - edge)
    return math.log(kept / (1 - kept))
