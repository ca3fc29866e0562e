"""The things that an English caption names."""

from __future__ import annotations

import re

from earsight.language.english.nouns import NOUNS, NUMBERS
from earsight.language.vocabulary import MANY, Mention, add_mention, with_kinds

_NAMED: dict[str, dict[str, bool]] = {}
"""Word (a hyphen joins two): the things that it names, each with whether it names several of them."""

for _name, _entry in NOUNS.items():
    _single = {_name.replace(" ", "-"), *_entry.words}
    for _word in _single:
        _NAMED.setdefault(_word, {})[_name] = False
    for _word in {f"{_word}{_ending}" for _word in _single for _ending in ("s", "es")} | _entry.plurals:
        _NAMED.setdefault(_word, {}).setdefault(_name, True)

_JOINED = {"couple-of": "two", "pair-of": "two"} | {
    f"{_group}-of": "several"
    for _group in "group crowd team bunch number line row herd flock pack lots".split()
}
"""What a pair of words becomes when it only counts what follows."""

_AMBIGUOUS = frozenset("orange tie ties sink sinks remote".split())
"""Words that are as often a colour, a verb or a quality. They name a thing only where nothing else is meant:
after one of _ANNOUNCES and before no other noun ("an orange", but not "an orange shirt")."""

_ANNOUNCES = frozenset("a an the his her their and or".split()) | NUMBERS.keys()

_KNOWN = frozenset("the his her its their this that these those".split())
"""Before what may have been named already."""

_BREAKS = frozenset("in on at with of by to for from near while as is are".split())
"""What parts a number from what it does not count."""

_ENDS = _BREAKS | {"and", "or", "that", "which"}
"""What may come right after a noun, and not after an adjective."""


def named(text: str) -> dict[str, Mention]:
    """What a text names, and what these are kinds of.

    "A man and two boys" has one man, two boys, two children and three people. "A dog with a dog" has one
    dog at least: captioners repeat themselves.
    """
    words = joined(text)
    mentions: dict[str, Mention] = {}
    counted: set[str] = set()
    place = 0
    for at, word in enumerate(words):
        if word in _AMBIGUOUS and not _is_noun(words, at):
            continue
        for name, several in _NAMED.get(word, {}).items():
            # "A baby girl" is one person.
            again = name in counted or (at > 0 and with_kinds(name) & _all_kinds(words[at - 1]))
            number = 0 if again and not several else _number(words[:at], several)
            add_mention(mentions, name, place, number)
        counted |= _all_kinds(word)
        place += word in _NAMED
    return mentions


def _is_noun(words: list[str], at: int) -> bool:
    """Whether an ambiguous word is one here."""
    announced = at == 0 or words[at - 1] in _ANNOUNCES
    return announced and (words[at + 1 :] == [] or words[at + 1] in _ENDS)


def _all_kinds(word: str) -> set[str]:
    return {kind for name in _NAMED.get(word, ()) for kind in with_kinds(name)}


def joined(text: str) -> list[str]:
    """The words in lower case; pairs that the table has as one word are joined by a hyphen."""
    found: list[str] = []
    for word in re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower().replace("'s", "").replace("o'clock", "")):
        pair = f"{found[-1]}-{word}" if found else word
        if found and (pair in _NAMED or pair in _JOINED):
            found[-1] = _JOINED.get(pair, pair)
        else:
            found.append(word)
    return found


def _number(before: list[str], several: bool) -> float:
    """How many more a word means, by the words before it; 0 for what may have been named already."""
    for word in reversed(before[-4:]):
        if word in NUMBERS:
            return NUMBERS[word] if several else 1
        if word in _KNOWN and not several:
            return 0
        if word in _NAMED or word in _BREAKS:
            break
    return MANY if several else 1
