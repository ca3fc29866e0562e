"""How a text is written in tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from earsight.listening.tokens import Tokens

FILLER = [b"<unk>", b"<s>", b"</s>", *(bytes([byte]) for byte in range(256))]


def tokens(path: Path, *texts: str) -> Tokens:
    """Those of a file with these texts, from number 259 on."""
    written = b""
    for token in [*FILLER, *(text.replace(" ", "\N{LOWER ONE EIGHTH BLOCK}").encode() for text in texts)]:
        length = len(token)
        head = bytes([length]) if length < 128 else bytes([length % 128 + 128, length // 128])
        written += head + token
    path.write_bytes(written)
    return Tokens(path)


def test_the_pair_that_came_first_is_joined_first(tmp_path: Path) -> None:
    some = tokens(tmp_path / "t.bin", " ", "a", "b", "c", "bc", "ab", " a", "abc")
    assert some.encode("abc") == [259 + 6, 259 + 4], '"bc" came before "ab"'
    assert some.encode("ab") == [259, 259 + 5], '"ab" came before " a"'


def test_no_token_is_a_single_byte_of_the_spare_ones(tmp_path: Path) -> None:
    assert tokens(tmp_path / "t.bin", " ", "a", "?").encode("a?") == [259, 260, 261]


def test_long_tokens_have_two_bytes_for_their_length(tmp_path: Path) -> None:
    halves = ["a" * count for count in (1, 2, 4, 8, 16, 32, 64, 128, 256)]
    some = tokens(tmp_path / "t.bin", " ", *halves, "b")
    assert some.encode("a" * 256 + "b") == [259, 259 + 9, 259 + 10]


def test_a_letter_without_a_token(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        tokens(tmp_path / "t.bin", " ", "a").encode("é")
