"""The things that an Indonesian caption names."""

from __future__ import annotations

import re

from earsight.language.indonesian.nouns import NOUNS, NUMBERS
from earsight.language.vocabulary import MANY, Mention, add_mention, with_kinds

_NAMED: dict[str, dict[str, bool]] = {}
"""Word (hyphens join several): the things that it names, each with whether it names several of them."""

_COLLECTIVE = frozenset(
    "pepohonan bebatuan pegunungan perbukitan penonton kerumunan keluarga pasangan tim".split()
)
"""Words that name several without any other sign of it."""

for _name, _entry in NOUNS.items():
    for _word in _entry.words:
        _NAMED.setdefault(_word, {})[_name] = _word in _COLLECTIVE
for _word in list(_NAMED):
    # "anjing-anjing", "anak-anak laki-laki"
    _plural = f"{_word.partition('-')[0]}-{_word}"
    _NAMED.setdefault(_plural, dict.fromkeys(_NAMED[_word], True))

_NOTHING = frozenset(
    "jalan-jalan sepak-bola batu-bata topi-koboi bunga-api meja-hijau mata-air tanah-air kepala-kereta"
    " latar-belakang jam-tangan bola-mata arah-jam".split()
)
"""Words that name nothing of the vocabulary, though a part of them would."""

_LONGEST = max(word.count("-") + 1 for word in (*_NAMED, *_NOTHING))

_GROUPS = (
    "beberapa banyak para sekelompok segerombolan sekumpulan sekawanan kawanan kelompok kerumunan barisan"
    " deretan sejumlah berbagai"
)
_COUNTS = (
    {word: float(number) for number, word in NUMBERS.items()}
    | {"satu": 1.0, "sepasang": 2.0, "kedua": 2.0, "ketiga": 3.0}
    | dict.fromkeys(_GROUPS.split(), MANY)
)
_CLASSIFIERS = frozenset("orang ekor buah batang tangkai helai lembar unit".split())
"""Between a number and what it counts: "dua orang pria" are two men."""

_KNOWN = frozenset("itu tersebut".split())
"""After what has been named already."""


def named(text: str) -> dict[str, Mention]:
    """What a text names, and what these are kinds of.

    "Dua orang pria dan seekor anjing" has two men, two people, a dog and an animal. Verbs with a prefix
    ("bersepeda") name nothing.
    """
    words = joined(text)
    mentions: dict[str, Mention] = {}
    counted: set[str] = set()
    place = 0
    for at, word in enumerate(words):
        if _is_classifier(words, at):
            continue
        for name, several in _NAMED.get(word, {}).items():
            before = words[at - 1] if at and not _is_classifier(words, at - 1) else ""
            # "Seorang bayi perempuan" is one person.
            again = bool(with_kinds(name) & _all_kinds(before))
            known = name in counted and not _KNOWN.isdisjoint(words[at + 1 : at + 2])
            number = 0 if again or known else _number(words[:at], several)
            add_mention(mentions, name, place, number)
        counted |= _all_kinds(word)
        place += word in _NAMED
    return mentions


def joined(text: str) -> list[str]:
    """The words in lower case, without "-nya"; several that the table has as one are joined by hyphens."""
    single = [_stem(word) for word in re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower())]
    found: list[str] = []
    at = 0
    while at < len(single):
        for length in range(min(_LONGEST, len(single) - at), 0, -1):
            word = "-".join(single[at : at + length])
            if length == 1 or word in _NAMED or word in _NOTHING:
                found.append(word)
                at += length
                break
    return found


def _stem(word: str) -> str:
    stem = re.sub(r"-?nya$", "", word)
    return stem if stem in _NAMED else word


def _is_classifier(words: list[str], at: int) -> bool:
    """Whether "orang" only counts what comes next."""
    if words[at] != "orang" or at == 0 or words[at - 1] not in _COUNTS:
        return False
    return "person" in _all_kinds(" ".join(words[at + 1 : at + 2]))


def _all_kinds(word: str) -> set[str]:
    return {kind for name in _NAMED.get(word, ()) for kind in with_kinds(name)}


def _number(before: list[str], several: bool) -> float:
    """How many a word means, by the words before it: the number, and perhaps a classifier."""
    for word in before[:-3:-1]:
        if word in _COUNTS:
            return _COUNTS[word]
        if word not in _CLASSIFIERS:
            break
    return MANY if several else 1
