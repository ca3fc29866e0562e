"""The words of an Indonesian caption that say something."""

from __future__ import annotations

from earsight.language.indonesian.mentions import joined
from earsight.language.indonesian.nouns import NUMBERS

_FUNCTION_WORDS = frozenset(
    "seorang seekor sebuah sebatang setangkai seseorang satu beberapa banyak para sekelompok kerumunan orang"
    " ekor buah di ke dari pada dengan dan atau yang itu ini oleh untuk dalam luar atas bawah depan belakang"
    " samping sebelah dekat antara sepanjang melalui sedang akan telah sudah saat ketika sementara sambil"
    " seperti sebagai adalah ada berada terlihat tampak berdiri duduk lain lainnya mereka ia dia lagi".split()
)

_QUALITIES = frozenset(
    "merah biru hijau kuning oranye ungu merah-muda cokelat coklat hitam putih abu-abu gelap terang cerah"
    " besar kecil tinggi panjang pendek muda tua dewasa baru lama kayu logam berwarna muda".split()
)
"""What only colours what is named: not worth losing a direction for."""


def content(text: str) -> set[str]:
    """In lower case; words that are one for the vocabulary are joined by hyphens."""
    return set(joined(text)) - _FUNCTION_WORDS - _QUALITIES - set(NUMBERS.values())
