"""How questions about a scene are asked in Indonesian."""

from __future__ import annotations

from earsight.language.indonesian.nouns import NOUNS
from earsight.language.question_forms import Forms, NounForms, QuestionKind

_CLASSIFIERS = ("ekor", "buah", "batang", "tangkai", "orang")

FORMS = Forms(
    templates={
        QuestionKind.HOW_MANY: (
            "berapa {many}",
            "ada berapa {many}",
            "berapa banyak {one}",
            "berapa jumlah {one}",
            "hitung {one}",
        ),
        QuestionKind.IS_THERE: (
            "ada {one}",
            "apakah ada {one}",
            "apa ada {one}",
            "adakah {one}",
            "kamu lihat {one}",
            "apakah kamu melihat {one}",
        ),
        QuestionKind.WHERE: ("di mana {one}", "di mana ada {one}", "{one} di mana"),
        QuestionKind.COLOUR: ("apa warna {one}", "warna apa {one}", "{one} warna apa", "warna {one} apa"),
    },
    about_this=(
        "apa warnanya",
        "warnanya apa",
        "apa warna ini",
        "ini warna apa",
        "warna apa ini",
        "warna apa",
    ),
    written={
        "dimana": "di mana",
        "di manakah": "di mana",
        "warnanya apa": "warna apa",
        "apakah warna": "apa warna",
        "seseorang": "orang",
    },
    fillers=("tolong", "di sini", "di depan saya", "di depan", "di gambar", "sekarang", "ya"),
    before_noun=frozenset(
        ("sebuah", "seekor", "seorang", "sebatang", "setangkai", "suatu", "para", "ada", *_CLASSIFIERS)
    ),
    after_noun=frozenset(("itu", "ini", "tersebut", "saya", "di sana", "yang ada", "yang kamu lihat")),
    speakers=frozenset("saya aku kita kami kamu anda orang".split()),
    affirming=frozenset(
        "ya iya yap benar betul tentu pasti memang bisa boleh dapat sudah ada ok oke".split()
    ),
    denying=frozenset(
        "tidak tak tiada bukan belum tanpa nol nihil kosong gak ga nggak ngga enggak engga ndak kagak jangan"
        " salah mustahil 0".split()
    ),
    endings=("nya", "ku", "kah"),
)


def noun_forms() -> dict[str, NounForms]:
    """The forms of all nouns, by their name in the vocabulary."""
    return {name: _forms(name) for name in NOUNS}


def _forms(name: str) -> NounForms:
    noun = NOUNS[name]
    counted = noun.counted or noun.bare
    bare = counted.removeprefix("ekor ")
    words = [bare, *sorted(word.replace("-", " ") for word in noun.words)]
    doubled = [f"{word.split(' ', 1)[0]} {word}" for word in words]
    return NounForms(a=noun.one.lower(), one=bare.lower(), many=counted.lower(), others=(*words, *doubled))
