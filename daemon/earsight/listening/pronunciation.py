"""How words are pronounced: as in the recogniser's American dictionary, and as the British say them.

Phones are those of the CMU dictionary, without stress.
"""

from __future__ import annotations

_VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())

_AS_IN_AMERICA = frozenset({"status"})
"""Words that in another accent are too much like others: this one like "stop"."""


_OTHERWISE = (
    {"AE": ["AA"]},
    {"AW": ["AA", "UW"], "AY": ["AA", "IY"]},
    {"AH": ["UH"]},
)
"""What else may be said for a vowel: the open one of "bag", both halves of a slow "around", a dull one."""


def pronunciations(word: str, american: list[str]) -> list[str]:
    """All ways to say a word.

    Args:
        word: In small letters.
        american: How Americans say it, as phones with spaces between.

    Returns:
        The American ways first, none twice.
    """
    if word in _AS_IN_AMERICA:
        return american
    ways = [phones.split() for phones in american]
    ways += [_non_rhotic(way) for way in ways]
    for vowels in _OTHERWISE:
        ways += [[said for phone in way for said in vowels.get(phone, [phone])] for way in ways]
    return list(dict.fromkeys(" ".join(way) for way in ways))


def _non_rhotic(phones: list[str]) -> list[str]:
    """Without any R that no vowel follows, and with the rounded vowel of "stop"."""
    said: list[str] = []
    for before, phone, after in zip(["", *phones], phones, [*phones[1:], ""], strict=False):
        if phone == "R" and before in _VOWELS and after not in _VOWELS:
            said += ["AH"] if before in ("EH", "IH", "IY", "UH", "AW", "AY") else []
        elif phone == "ER":
            said += ["AH", "R"] if after in _VOWELS else ["AH"]
        elif phone == "AA" and after != "R":
            said.append("AO")
        else:
            said.append(phone)
    return said
