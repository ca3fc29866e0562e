"""Captions as tokens: byte-level BPE (Sennrich et al., arXiv:1508.07909), our own or GPT-2's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

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
_SWAPPED = {"left": "right", "right": "left"}


def clean_caption(text: str) -> str:
    """Write a reference caption as it would be spoken: lower case, no quotation marks, no final full stop."""
    text = re.sub(r"[\"`“”]|''", "", text.lower()).replace("#", "number ")
    for pattern, replacement in _SPACED:
        text = re.sub(pattern, replacement, text)
    return text.strip(" .,;:-!")


def mirrored_caption(text: str) -> str:
    """Return the caption of the mirrored photo: *left* and *right* change places."""
    return re.sub(r"\b(left|right)\b", lambda word: _SWAPPED[word.group()], text)


def train_tokenizer(captions: Iterable[str], vocabulary: int) -> Tokenizer:
    """Learn a vocabulary; its end token is number 0.

    Args:
        captions: Cleaned.
        vocabulary: Tokens, at most.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=[END], initial_alphabet=alphabet, show_progress=False
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
    """

    tokenizer: Tokenizer
    end: int

    @property
    def size(self) -> int:
        """Vectors that a decoder needs for it: one more than the highest number of a token."""
        return max(max(self.tokenizer.get_vocab(with_added_tokens=True).values(), default=-1), self.end) + 1

    def encode(self, caption: str, longest: int) -> list[int]:
        """Encode a caption.

        Args:
            caption: Cleaned.
            longest: Tokens at most; the last one is the end token.
        """
        return [*self.tokenizer.encode(caption).ids[: longest - 1], self.end]


def own_vocabulary(captions: Iterable[str], size: int) -> Vocabulary:
    """Learn a vocabulary.

    Args:
        captions: Cleaned.
        size: Tokens, at most.
    """
    return Vocabulary(train_tokenizer(captions, size), END_ID)


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
