"""The tokens of Moonshine: how a text is written in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

START, END = 1, 2

_FIRST_OF_TEXT = 259
"""Before it are what is no text, and the single bytes of whatever has no token of its own."""

_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"


class Tokens:
    """A byte-pair encoding (Sennrich et al., "Neural machine translation of rare words with subword units",
    2016): the pair that became a token first is joined first."""

    def __init__(self, path: Path) -> None:
        """Args:
            path: tokenizer.bin of the package moonshine-voice.

        Raises:
            OSError: It can't be read.
        """
        every = enumerate(_entries(path.read_bytes()))
        self._numbers = {token: number for number, token in every if number >= _FIRST_OF_TEXT}

    def encode(self, text: str) -> list[int]:
        """Write a text.

        Raises:
            KeyError: It has letters that no token has.
        """
        return [token for word in text.split(" ") for token in self._encoded(word)]

    @cache  # noqa: B019 (it lives as long as its process)
    def _encoded(self, word: str) -> list[int]:
        """A word, and the space before it: no token goes beyond one."""
        parts = [letter.encode() for letter in _SPACE + word]
        while pairs := [
            (self._numbers[both], place)
            for place in range(len(parts) - 1)
            if (both := parts[place] + parts[place + 1]) in self._numbers
        ]:
            _, place = min(pairs)
            parts[place : place + 2] = [parts[place] + parts[place + 1]]
        return [self._numbers[part] for part in parts]


def _entries(content: bytes) -> Iterator[bytes]:
    """Each token after its length: one byte, or, from 128 on, two with the lower seven bits first."""
    place = 0
    while place < len(content):
        length = content[place]
        place += 1
        if length >= 128:
            length += (content[place] - 1) * 128
            place += 1
        yield content[place : place + length]
        place += length
