"""Printed text as it is read aloud in Indonesian; see language.printed."""

from __future__ import annotations

from earsight.language.printed import Conventions


def _time(hour: int, minute: int, half: str, is_announced: bool) -> str:
    """With the word for "o'clock" before it. A speech engine reads 8:00 as "eight zero zero"."""
    clock = f"{hour}:{minute:02}" if minute else str(hour)
    return f"{'' if is_announced else 'pukul '}{clock}{' ' + half.upper() + ' M' if half else ''}"


CONVENTIONS = Conventions(
    currencies={
        "dollar": ("dolar", "dolar", "sen"),
        "euro": ("euro", "euro", "sen"),
        "pound": ("pound", "pound", "pence"),
        "rupiah": ("rupiah", "rupiah", "sen"),
    },
    thousands=".",
    point=",",
    time=_time,
    until="sampai",
    scales={"thousand": "ribu", "million": "juta", "billion": "miliar"},
    full_stop_is_time=True,
    spelled=frozenset(
        "ATM UGD IGD TNI BRI BCA BNI KAI AC ID IT USB RSUD RSU RI KUA UI DKI PMI WIB WIT".split()
    ),
    spell=" ".join,
    signs={
        ".": "titik",
        ",": "koma",
        ":": "titik dua",
        ";": "titik koma",
        "-": "tanda hubung",
        "\u2013": "garis",
        "_": "garis bawah",
        "/": "garis miring",
        "\\": "garis miring terbalik",
        "@": "keong",
        "#": "pagar",
        "&": "dan",
        "+": "tambah",
        "=": "sama dengan",
        "*": "bintang",
        "%": "persen",
        "$": "dolar",
        "!": "tanda seru",
        "?": "tanda tanya",
        "'": "apostrof",
        '"': "tanda kutip",
        "(": "kurung buka",
        ")": "kurung tutup",
    },
    capital="huruf besar",
    expansions={
        r"\bno\.\s?(?=\d)": "nomor ",
        r"\bjl\.\s?": "jalan ",
        r"\bgg\.\s?": "gang ",
        r"\blt\.\s?(?=\d)": "lantai ",
        r"\btelp?\.\s?(?=[+\d])": "telepon ",
        r"\btelp?\.(?=\s|$)": "telepon",
    },
)
