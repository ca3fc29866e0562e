"""The Indonesian words for the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass

NUMBERS = {
    2: "dua",
    3: "tiga",
    4: "empat",
    5: "lima",
    6: "enam",
    7: "tujuh",
    8: "delapan",
    9: "sembilan",
    10: "sepuluh",
}
SEVERAL = "beberapa"


@dataclass(frozen=True, slots=True)
class Noun:
    """The words for an entry of the vocabulary.

    Attributes:
        one: How one is said, or what is not counted, or a place.
        counted: What follows a number; empty for what is not counted.
    """

    one: str
    counted: str = ""


def _person(noun: str) -> Noun:
    return Noun(f"seorang {noun}", noun)


def _animal(noun: str) -> Noun:
    return Noun(f"seekor {noun}", f"ekor {noun}")


def _object(noun: str) -> Noun:
    """With the classifier buah, which speech leaves out after a number."""
    return Noun(f"sebuah {noun}", noun)


def _uncounted(noun: str) -> Noun:
    return Noun(noun)


def _place(words: str) -> Noun:
    return Noun(words)


NOUNS: dict[str, Noun] = {
    "person": Noun("seseorang", "orang"),
    "man": _person("pria"),
    "woman": _person("wanita"),
    "child": _person("anak"),
    "boy": _person("anak laki-laki"),
    "girl": _person("anak perempuan"),
    "baby": _person("bayi"),
    #
    "animal": _animal("hewan"),
    "dog": _animal("anjing"),
    "cat": _animal("kucing"),
    "horse": _animal("kuda"),
    "bird": _animal("burung"),
    "cow": _animal("sapi"),
    "sheep": _uncounted("domba"),
    "elephant": _animal("gajah"),
    "giraffe": _animal("jerapah"),
    "zebra": _animal("zebra"),
    "bear": _animal("beruang"),
    "monkey": _animal("monyet"),
    #
    "vehicle": _object("kendaraan"),
    "car": _object("mobil"),
    "truck": _object("truk"),
    "bus": _object("bus"),
    "tram": _object("trem"),
    "train": _object("kereta api"),
    "motorcycle": _object("sepeda motor"),
    "bicycle": _object("sepeda"),
    "scooter": _object("skuter"),
    "boat": _object("perahu"),
    "airplane": _object("pesawat"),
    "cart": _object("kereta dorong"),
    "wheelchair": _object("kursi roda"),
    #
    "traffic light": _object("lampu lalu lintas"),
    "sign": _object("papan tanda"),
    "pole": _object("tiang"),
    "hydrant": _object("hidran"),
    "bench": _object("bangku"),
    "fence": _object("pagar"),
    "umbrella": _object("payung"),
    "building": _object("bangunan"),
    "bridge": _object("jembatan"),
    "stairs": _uncounted("tangga"),
    "tree": Noun("sebatang pohon", "pohon"),
    "flower": Noun("setangkai bunga", "bunga"),
    "rock": _object("batu"),
    "playground": _object("taman bermain"),
    "tent": _object("tenda"),
    #
    "wall": _object("dinding"),
    "door": _object("pintu"),
    "window": _object("jendela"),
    "table": _object("meja"),
    "chair": _object("kursi"),
    "couch": _object("sofa"),
    "bed": _object("tempat tidur"),
    "computer": _object("komputer"),
    "television": _object("televisi"),
    "phone": _object("telepon"),
    "book": _object("buku"),
    "bag": _object("tas"),
    "food": _uncounted("makanan"),
    "plate": _object("piring"),
    "bowl": _object("mangkuk"),
    "cup": _object("cangkir"),
    "bottle": _object("botol"),
    "guitar": _object("gitar"),
    "microphone": _object("mikrofon"),
    "ball": _object("bola"),
    "frisbee": _object("frisbi"),
    "toy": _object("mainan"),
    "stick": Noun("sebatang kayu", "batang kayu"),  # not "tongkat", which is the cane of whoever listens
    "skateboard": _object("papan luncur"),
    "surfboard": _object("papan selancar"),
    "snowboard": _object("papan seluncur salju"),
    "ski": _uncounted("papan ski"),
    "sled": _object("kereta luncur"),
    "flag": _object("bendera"),
    "fire": _uncounted("api"),
    #
    "outdoors": _place("di luar ruangan"),
    "indoors": _place("di dalam ruangan"),
    "room": _place("di sebuah ruangan"),
    "kitchen": _place("di dapur"),
    "street": _place("di jalan atau di dekatnya"),
    "path": _place("di jalan setapak"),
    "snow": _place("di salju"),
    "ice": _place("di atas es"),
    "grass": _place("di atas rumput"),
    "beach": _place("di pantai"),
    "sand": _place("di atas pasir"),
    "dirt": _place("di atas tanah"),
    "forest": _place("di antara pepohonan"),
    "mountain": _place("di perbukitan"),
    "water": _place("di air atau di dekatnya"),
    "ocean": _place("di laut atau di dekatnya"),
    "lake": _place("di danau atau di dekatnya"),
    "river": _place("di sungai atau di dekatnya"),
}
"""For every entry of the vocabulary."""
