"""The careful style: of all that a search's captions say, only what is likely.

What the captions name is taken apart into things (vocabulary.py). Each has a likelihood, and so has all
that it is a kind of: "a boy in a red shirt jumps off a bench" may become "A child".
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from earsight.language.english.vocabulary import MANY, NUMBERS, THINGS, Mention, named, with_kinds
from earsight.scene import Caption

_MOST = 3
"""Things in one sentence: what is to be remembered has to be short."""

Claim = tuple[str, float]
"""A thing and how many of it: 1 for at least one, MANY for several, else just so many."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a search's captions give for a claim.

    share: of the captions that make it, by their probability, 0..1. place: how many things the caption that
    names the thing earliest names before it: the first is what the photo is of, later ones are guessed more
    often. generality: steps of kinds below the thing in the table, one less for several, two for a number.
    confidence: of the best caption, as log-odds.
    """

    share: float
    place: int
    generality: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that may be said. number: as in a Claim. likelihood: of the thing, 0..1."""

    name: str
    number: float
    likelihood: float


def likelihood(evidence: Evidence) -> float:
    """The probability that someone who describes the photo would make the claim too.

    A logistic regression on what the built-in bundle said of 1,000 of Flickr8k's training photos;
    benchmarks/careful.py fits it anew. It takes the captioner's calibrated confidence, so it holds for
    another captioner as far as that does.
    """
    logit = (
        -1.00
        + 2.48 * evidence.share
        - 0.37 * evidence.place
        + 0.68 * evidence.generality
        + 0.36 * evidence.confidence
    )
    return 1 / (1 + math.exp(-logit))


def evidence(captions: Sequence[Caption]) -> dict[Claim, Evidence]:
    """For all claims that the captions make, about the kinds of what they name too. captions: best first."""
    if not captions:
        return {}
    odds = min(max(captions[0].confidence, 1e-6), 1 - 1e-6)
    confidence = math.log(odds / (1 - odds))
    shares: dict[Claim, float] = {}
    places: dict[str, int] = {}
    for share, mentions in _votes(captions):
        for name, mention in mentions.items():
            places[name] = min(mention.place, places.get(name, mention.place))
            for number in {1, mention.number, MANY if mention.number > 1 else 1}:
                shares[name, number] = shares.get((name, number), 0.0) + share
    return {
        (name, number): Evidence(share, places[name], _generality(name) - _precision(number), confidence)
        for (name, number), share in shares.items()
    }


def likely(captions: Sequence[Caption], least: float) -> list[Found]:
    """What is at least so likely, each thing as specific as it can be said, in the order of the table."""
    chances = {claim: likelihood(known) for claim, known in evidence(captions).items()}
    enough = [claim for claim, chance in chances.items() if chance >= least]
    found = {
        name: Found(name, max((n for other, n in enough if other == name), key=_precision), chances[name, 1])
        for name, number in enough
        if number == 1
    }
    most = {name: max(number for other, number in chances if other == name) for name in found}
    for name in sorted(found, key=_generality, reverse=True):
        _say_once(found, name, most[name])
    return [found[name] for name in THINGS if name in found]


def _say_once(found: dict[str, Found], kind: str, most: float) -> None:
    """Leave in found either a kind or what belongs to it.

    The kind, where it counts more (three people, of whom one is a child), or where its members are more than
    any caption has of it (most): what is a man to one and a woman to another is a person.
    """
    members = {name for name in found if kind in with_kinds(name) - {name}} if kind in found else set()
    if not members:
        return
    specific = [name for name in members if not any(name in with_kinds(other) - {other} for other in members)]
    count = sum(found[name].number for name in specific)
    if THINGS[kind].many and not found[kind].number <= count <= most:
        for name in members:
            del found[name]
    else:
        del found[kind]


def phrase(found: Collection[Found]) -> str:
    """Without capital and full stop: the likeliest things, and where they are. "" for nothing."""
    by_chance = sorted(found, key=lambda thing: thing.likelihood, reverse=True)
    things = [thing for thing in by_chance if not THINGS[thing.name].place][:_MOST]
    places = [THINGS[thing.name].one for thing in by_chance if THINGS[thing.name].place][:1]
    said = [_counted(thing) for thing in found if thing in things]
    listed = " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)
    return " ".join([listed, *places]).strip()


def _votes(captions: Sequence[Caption]) -> list[tuple[float, dict[str, Mention]]]:
    """Of each caption its share of the probability, and what it names.

    By the mean log-probabilities that searches rank by: longer captions are no less likely.
    """
    # A model that yields no number is not to be believed.
    means = [-math.inf if math.isnan(each.mean_log_prob) else each.mean_log_prob for each in captions]
    best = max(means)
    masses = [math.exp(mean - best) if best > -math.inf else 1.0 for mean in means]
    return [(mass / sum(masses), named(caption.text)) for mass, caption in zip(masses, captions, strict=True)]


def _precision(number: float) -> int:
    """How much more a claim says than that there is at least one."""
    return {1: 0, MANY: 1}.get(number, 2)


@cache
def _generality(name: str) -> int:
    return max((1 + _generality(other) for other in THINGS if name in THINGS[other].kinds), default=0)


def _counted(thing: Found) -> str:
    """As it is said: "a dog", "two dogs", "dogs"."""
    entry = THINGS[thing.name]
    if thing.number == 1 or not entry.many:
        return entry.one
    word = next((word for word, number in NUMBERS.items() if number == thing.number), "")
    return f"{word} {entry.many}".strip()
