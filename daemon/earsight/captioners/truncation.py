"""Captions that were cut short."""

from __future__ import annotations

FUNCTION_WORDS = {
    "en": frozenset(
        "a an the this that these those is are was were be being has have and or but while as with without of"
        " in on at to from into onto over under by for near next behind beside through around across against"
        " between his her their its my your our who which what some two three very".split()
    ),
    "id": frozenset(
        "seorang seekor sebuah sebatang sepasang dua tiga empat beberapa dan atau tetapi sambil sementara"
        " ketika saat yang dengan tanpa di ke dari pada dalam atas bawah untuk oleh melalui dekat antara"
        " sedang adalah para sangat seperti".split()
    ),
}
"""Words that say nothing by themselves and can't be the last ones of a caption, by the language of the
captions."""


def without_dangling_words(text: str, language: str) -> str:
    """Remove the words at the end that only lead to what was cut off: "a dog on the" becomes "a dog".

    Args:
        text: A caption.
        language: Code of the language that it is in; of others than these nothing is removed.
    """
    words, dangling = text.split(), FUNCTION_WORDS.get(language, frozenset())
    while words and words[-1].lower() in dangling:
        words.pop()
    return " ".join(words)
