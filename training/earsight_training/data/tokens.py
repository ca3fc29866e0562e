"""Captions as tokens: byte-level BPE (Sennrich et al., arXiv:1508.07909), our own or GPT-2's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from earsight_training.errors import TrainingError

END = "<|end|>"
END_ID = 0

_SPACED = (
    (r"\s+([,.;:!?])", r"\1"),
    (r"\s+('s|n't|'re|'ll|'ve|'d|'m)\b", r"\1"),
    (r"\s*-\s*", "-"),
    (r"\s+", " "),
)
_SWAPPED = {"left": "right", "right": "left", "kiri": "kanan", "kanan": "kiri"}
"""English and Indonesian: no word of one is another word of the other."""


def clean_caption(text: str) -> str:
    """Write a reference caption as it would be spoken: lower case, no quotation marks, no final full stop."""
    text = re.sub(r"[\"`“”]|''", "", text.lower()).replace("#", "number ")
    for pattern, replacement in _SPACED:
        text = re.sub(pattern, replacement, text)
    return text.strip(" .,;:-!")


def mirrored_caption(text: str) -> str:
    """Return the caption of the mirrored photo: *left* and *right*, *kiri* and *kanan* change places."""
    return re.sub(rf"\b({'|'.join(_SWAPPED)})\b", lambda word: _SWAPPED[word.group()], text)


def train_tokenizer(captions: Iterable[str], vocabulary: int, special: Sequence[str] = ()) -> Tokenizer:
    """Learn a vocabulary; its end token is number 0.

    Args:
        captions: Cleaned.
        vocabulary: Tokens, at most.
        special: Further tokens that are no text, numbered from 1.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[END, *special],
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(captions, trainer)
    return tokenizer


class VocabularyError(TrainingError):
    """A tokenizer that does not fit its decoder."""


@dataclass(frozen=True)
class Vocabulary:
    """A tokenizer, and the token that ends a caption.

    Attributes:
        tokenizer: Byte-level BPE.
        end: The token's number.
        starts: By the code of a language, the token that its captions start with. Empty where all captions
            are in one language: then they start with their first word.
    """

    tokenizer: Tokenizer
    end: int
    starts: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Vectors that a decoder needs for it: one more than the highest number of a token."""
        return max(max(self.tokenizer.get_vocab(with_added_tokens=True).values(), default=-1), self.end) + 1

    def encode(self, caption: str, longest: int, language: str = "") -> list[int]:
        """Encode a caption.

        Args:
            caption: Cleaned.
            longest: Tokens at most, without that of the language; the last one is the end token.
            language: Code; it counts only where there are several.
        """
        start = [self.starts[language]] if self.starts else []
        return [*start, *self.tokenizer.encode(caption).ids[: longest - 1], self.end]


def own_vocabulary(captions: Iterable[str], size: int, languages: Sequence[str] = ()) -> Vocabulary:
    """Learn a vocabulary.

    Args:
        captions: Cleaned.
        size: Tokens, at most.
        languages: Codes of their languages; with several, each gets a token that its captions start with.
    """
    codes = languages if len(languages) > 1 else ()
    tokenizer = train_tokenizer(captions, size, [f"<|{code}|>" for code in codes])
    return Vocabulary(tokenizer, END_ID, {code: number for number, code in enumerate(codes, 1)})


def gpt2_vocabulary(tokenizer: Tokenizer) -> Vocabulary:
    """Use GPT-2's vocabulary, in which a full stop ends a caption, as in the published captioner.

    Args:
        tokenizer: GPT-2's.

    Raises:
        VocabularyError: It is another one.
    """
    ids = tokenizer.encode(".").ids
    if len(ids) != 1:
        raise VocabularyError("the tokenizer has no token for a full stop alone, so it is not GPT-2's")
    return Vocabulary(tokenizer, ids[0])


def refuse_larger_vocabulary(vocabulary: Vocabulary, rows: int, where: str) -> None:
    """Refuse a tokenizer with tokens that the decoder has no vector for.

    Args:
        vocabulary: The tokenizer's.
        rows: Vectors of tokens that the decoder has.
        where: What has this decoder, for the message.

    Raises:
        VocabularyError: There are such tokens.
    """
    if vocabulary.size > rows:
        raise VocabularyError(
            f"{where}: its weights have vectors for {rows} tokens, and the tokenizer has {vocabulary.size}:"
            " it is another model's; name the one that belongs to the weights by --gpt2"
        )
