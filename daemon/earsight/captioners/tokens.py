"""Token numbers to text, for byte-level BPE vocabularies (GPT-2's and the built-in model's).

Only decoding is needed on the device: a table and the byte alphabet of GPT-2 (Radford et al., 2019). The
tokenizers package would do it too, but brings a hub client and its network stack to a board that has none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from earsight.bundles.bundle import BundleError


def _byte_alphabet() -> dict[str, int]:
    """GPT-2's printable stand-ins for the 256 bytes."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    return table | {chr(256 + index): byte for index, byte in enumerate(others)}


class TokenDecoder:
    """Reads the vocabulary of a tokenizer.json as the tokenizers library writes it."""

    def __init__(self, path: Path) -> None:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            vocabulary: dict[str, int] = dict(content["model"]["vocab"])
            special = {int(token["id"]) for token in content["added_tokens"]}
            if not all(type(number) is int for number in vocabulary.values()):
                raise TypeError("a token that has no number")
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise BundleError(f"{path}: not a tokenizer ({error!r}); export the bundle again") from error
        alphabet = _byte_alphabet()
        self._bytes = {
            number: bytes(alphabet.get(character, 0x3F) for character in token)
            for token, number in vocabulary.items()
            if number not in special
        }

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of the tokens; special and unknown ones add nothing."""
        raw = b"".join(self._bytes.get(token, b"") for token in tokens)
        return raw.decode("utf-8", errors="replace").strip()
