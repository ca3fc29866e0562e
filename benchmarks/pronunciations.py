"""Makes voice/pronunciations/id.tsv: the words in which espeak-ng's Indonesian voice says a wrong vowel.

    python benchmarks/pronunciations.py lexicon_id.tsv > daemon/earsight/voice/pronunciations/id.tsv

The lexicon is that of the Python package g2p-id-py 0.4.2 (Apache-2.0). espeak-ng says e as in "bed" in every
stressed syllable and a schwa elsewhere; Indonesian spelling does not tell which of the two an e is.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

HEADER = """\
# Words in which espeak-ng's Indonesian voice says a wrong vowel: word, phonemes in espeak-ng's notation.
# Made by benchmarks/pronunciations.py from lexicon_id.tsv of g2p-id-py 0.4.2, Copyright 2023 PT BOOKBOT
# INDONESIA (https://bookbot.id/), licensed under the Apache License 2.0 (LICENSE in this folder). Changed:
# only words that differ, in another notation."""

VOWELS = {"e": "E", "ə": "@"}
"""What the lexicon and espeak-ng call the two vowels."""

_AT_ONCE = 2000


def words_of(lexicon: Path) -> dict[str, list[str]]:
    """The words of a lexicon, each with its phonemes. Of a word with two pronunciations, the first."""
    words: dict[str, list[str]] = {}
    for line in lexicon.read_text(encoding="utf-8").splitlines():
        word, _, phonemes = line.partition("\t")
        if word.isascii() and word.isalpha():
            words.setdefault(word.lower(), phonemes.split())
    return words


def espeak_phonemes(words: Sequence[str]) -> Iterator[str]:
    """What espeak-ng makes of each word alone."""
    for at in range(0, len(words), _AT_ONCE):
        text = "\n\n".join(f"{word}." for word in words[at : at + _AT_ONCE])
        argv = ["espeak-ng", "-v", "id", "-q", "-x", "-b", "1", "--stdin"]
        said = subprocess.run(argv, input=text, capture_output=True, text=True, check=True).stdout
        yield from filter(None, map(str.strip, said.splitlines()))


def corrected(phonemes: str, right: Sequence[str]) -> str | None:
    """espeak-ng's phonemes with the right vowels; None where they can't be matched."""
    vowels = [VOWELS[phoneme] for phoneme in right if phoneme in VOWELS]
    places = list(re.finditer("|".join(VOWELS.values()), phonemes))
    if len(places) != len(vowels):
        return None
    letters = list(phonemes)
    for place, vowel in zip(places, vowels, strict=True):
        letters[place.start()] = vowel
    return "".join(letters)


def main() -> None:
    """Print what differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("lexicon", type=Path)
    lexicon = words_of(parser.parse_args().lexicon)
    words = sorted(lexicon)
    print(HEADER)
    for word, said in zip(words, espeak_phonemes(words), strict=True):
        right = corrected(said, lexicon[word])
        if right not in (None, said):
            print(f"{word}\t{right}")


if __name__ == "__main__":
    main()
