"""The careful style: of all that a search's captions say, only what is likely. In no language yet.

What the captions name is taken apart into things (vocabulary.py). Each thing has a likelihood, and so has
everything that it is a kind of: "a boy in a red shirt jumps off a bench" may become "A child".
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from earsight.language.grammar import Found, Grammar, Reader
from earsight.language.language import NO_MORE, Phrasing, Style, capitalized
from earsight.language.vocabulary import MANY, THINGS, Mention, with_kinds
from earsight.message import message
from earsight.scene import Caption

_MOST = 3
"""Things in one sentence: what has to be remembered has to be short."""

Claim = tuple[str, float]
"""A thing and how many of it: 1 for at least one, MANY for several, otherwise exactly that many."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a search's captions give for a claim.

    Attributes:
        share: Of the captions that make it, by their probability, 0..1.
        place: How many things the caption that names the thing earliest names before it. The first is what
            the photo is of; later ones are guessed more often.
        generality: Steps of kinds below the thing in the vocabulary, one less for several, two less for a
            number.
        confidence: Of the best caption, as log-odds.
    """

    share: float
    place: int
    generality: int
    confidence: float


def likelihood(evidence: Evidence) -> float:
    """The probability that someone who describes the photo would make the claim too.

    A logistic regression on what the built-in bundle said of 1,000 of Flickr8k's training photos;
    benchmarks/careful.py fits it anew. It takes the captioner's calibrated confidence, so it holds for
    another captioner as far as that does.
    """
    logit = (
        -1.15
        + 2.61 * evidence.share
        - 0.38 * evidence.place
        + 0.62 * evidence.generality
        + 0.41 * evidence.confidence
    )
    return 1 / (1 + math.exp(-logit))


def evidence(captions: Sequence[Caption], read: Reader) -> dict[Claim, Evidence]:
    """For all claims that the captions make, also about the kinds of what they name.

    Args:
        captions: Best first.
        read: Says what a caption names.
    """
    if not captions:
        return {}
    odds = min(max(captions[0].confidence, 1e-6), 1 - 1e-6)
    confidence = math.log(odds / (1 - odds))
    shares: dict[Claim, float] = {}
    places: dict[str, int] = {}
    for share, mentions in _votes(captions, read):
        for name, mention in mentions.items():
            places[name] = min(mention.place, places.get(name, mention.place))
            for number in {1, mention.number, MANY if mention.number > 1 else 1}:
                shares[name, number] = shares.get((name, number), 0.0) + share
    return {
        (name, number): Evidence(share, places[name], _generality(name) - _precision(number), confidence)
        for (name, number), share in shares.items()
    }


def found(captions: Sequence[Caption], least: float, read: Reader) -> list[Found]:
    """What is at least so likely, each thing as specific as possible, in the order of the vocabulary."""
    chances = {claim: likelihood(known) for claim, known in evidence(captions, read).items()}
    enough = [claim for claim, chance in chances.items() if chance >= least]
    kept = {
        name: Found(name, max((n for other, n in enough if other == name), key=_precision), chances[name, 1])
        for name, number in enough
        if number == 1
    }
    most = {name: max(number for other, number in chances if other == name) for name in kept}
    for name in sorted(kept, key=_generality, reverse=True):
        _say_once(kept, name, most[name])
    return [kept[name] for name in THINGS if name in kept]


def likely(captions: Sequence[Caption], phrasing: Phrasing, read: Reader) -> list[Found]:
    """What is likely by the phrasing. Nothing where no caption may be said: nothing is likely in a picture of
    nothing."""
    doubted = all(caption.confidence < phrasing.maybe for caption in captions)
    return [] if doubted else found(captions, phrasing.likely, read)


def probable(captions: Sequence[Caption], phrasing: Phrasing, read: Reader) -> list[Found]:
    """What is not likely but probable, and nothing more specific about what is likely: that stays unsure."""
    if all(caption.confidence < phrasing.maybe for caption in captions):
        return []
    known = {each.name for each in likely(captions, phrasing, read)}
    things = {name for name in known if not THINGS[name].place}
    return [
        each
        for each in found(captions, min(phrasing.probably, phrasing.likely), read)
        if each.name not in known and not with_kinds(each.name) & things
    ]


def description(
    captions: Sequence[Caption],
    phrasing: Phrasing,
    read: Reader,
    grammar: Grammar,
    *,
    detail: bool,
) -> str | None:
    """One sentence of what is likely; with detail, a second one of what else is probable.

    In the hedged style, where nothing is likely, what is probable is said with its doubt.

    Args:
        captions: Best first.
        phrasing: How sure what is said has to be.
        read: Says what a caption names.
        grammar: Of the language that is spoken.
        detail: Whether more was asked for.

    Returns:
        None where there is nothing to say.
    """
    text = grammar.text
    sure = grammar.summary(likely(captions, phrasing, read))
    unsure = grammar.summary(probable(captions, phrasing, read))
    if sure:
        more = text(message("description.probably_also", things=unsure) if unsure else NO_MORE)
        return f"{capitalized(sure)}. {more}" if detail else f"{capitalized(sure)}."
    if not unsure or phrasing.style is Style.CAREFUL:
        return None
    doubtful = text(message("description.maybe", caption=unsure))
    return f"{doubtful} {text(NO_MORE)}" if detail else doubtful


def chosen(found: Collection[Found]) -> tuple[list[Found], Found | None]:
    """What goes into one sentence: the likeliest things, in their order, and the likeliest place."""
    by_chance = sorted(found, key=lambda each: each.likelihood, reverse=True)
    things = [each for each in by_chance if not THINGS[each.name].place][:_MOST]
    place = next((each for each in by_chance if THINGS[each.name].place), None)
    return [each for each in found if each in things], place


def _say_once(kept: dict[str, Found], kind: str, most: float) -> None:
    """Leave either a kind in `kept` or what belongs to it.

    The kind, where it counts more (three people, of whom one is a child), or where its members are more than
    any caption has of it (most): if one caption has a man and another a woman, there is a person.
    """
    members = {name for name in kept if kind in with_kinds(name) - {name}} if kind in kept else set()
    if not members:
        return
    specific = [name for name in members if not any(name in with_kinds(other) - {other} for other in members)]
    count = sum(kept[name].number for name in specific)
    if THINGS[kind].counted and not kept[kind].number <= count <= most:
        for name in members:
            del kept[name]
    else:
        del kept[kind]


def _votes(captions: Sequence[Caption], read: Reader) -> list[tuple[float, Mapping[str, Mention]]]:
    """Of each caption its share of the probability, and what it names.

    By the mean log-probabilities that searches rank by: longer captions are no less likely.
    """
    # A model that yields no number is not to be believed.
    means = [-math.inf if math.isnan(each.mean_log_prob) else each.mean_log_prob for each in captions]
    best = max(means)
    masses = [math.exp(mean - best) if best > -math.inf else 1.0 for mean in means]
    return [(mass / sum(masses), read(caption)) for mass, caption in zip(masses, captions, strict=True)]


def _precision(number: float) -> int:
    """How much more a claim says than that there is at least one."""
    return {1: 0, MANY: 1}.get(number, 2)


@cache
def _generality(name: str) -> int:
    return max((1 + _generality(other) for other in THINGS if name in THINGS[other].kinds), default=0)
