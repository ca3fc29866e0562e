"""How far a detector agrees with what a caption names: the feature `support` of the caption's confidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from earsight.language.vocabulary import THINGS, Mention, with_kinds

Reader = Callable[[str], Mapping[str, Mention]]
"""From a caption to the things that it names and all that these are kinds of, in the caption's language."""

_MOST = 4.0
"""Log-odds beyond which a detector is as good as sure; scores that are 0 or 1 have no log-odds."""


def support(text: str, presence: Mapping[str, float], read: Reader) -> float:
    """Work out how far a detector supports a caption.

    A man is a person to a detector that knows people. "An animal" is any of the animals that it knows; a
    monkey, which it does not know, says nothing.

    Args:
        text: The caption.
        presence: As in a Scene.
        read: The grammar of the caption's language.

    Returns:
        The log-odds, -4..4, that the picture shows what is least likely of the things that the caption names
        and the detector knows; 0 where it names none of these.
    """
    chances = [] if not presence else list(_chances(read(text), presence))
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
