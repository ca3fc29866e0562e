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
        one: How one is said, or what is not counted; for a place, how a thing is said to be there.
        counted: What follows a number; empty for what is not counted.
        words: By which captions name it: its own name and others. A hyphen joins words.
        bare: What the ground is called.
        heading: How a place is said by itself.
    """

    one: str
    counted: str = ""
    words: frozenset[str] = frozenset()
    bare: str = ""
    heading: str = ""


def _words(noun: str, others: str) -> frozenset[str]:
    return frozenset({noun.replace(" ", "-"), *others.split()})


def _person(noun: str, others: str = "") -> Noun:
    return Noun(f"seorang {noun}", noun, _words(noun, others))


def _animal(noun: str, others: str = "") -> Noun:
    return Noun(f"seekor {noun}", f"ekor {noun}", _words(noun, others))


def _object(noun: str, others: str = "") -> Noun:
    """With the classifier buah, which speech leaves out after a number."""
    return Noun(f"sebuah {noun}", noun, _words(noun, others))


def _classified(classifier: str, noun: str, others: str = "") -> Noun:
    """With another classifier, such as batang for what is long."""
    return Noun(f"se{classifier} {noun}", noun, _words(noun, others))


def _uncounted(noun: str, others: str = "") -> Noun:
    return Noun(noun, "", _words(noun, others), noun)


def _place(said: str, words: str, heading: str = "") -> Noun:
    """heading: where it is not what is said."""
    bare = words.split()[0].replace("-", " ")
    return Noun(said, "", frozenset(words.split()), bare, heading or said)


NOUNS: dict[str, Noun] = {
    "person": Noun(
        "seseorang",
        "orang",
        frozenset(
            "orang seseorang manusia orang-dewasa remaja pemuda pemudi pemain pengendara pengendara-sepeda"
            " pengendara-motor pengendara-sepeda-motor penumpang pejalan-kaki pendaki"
            " pemanjat perenang penyelam peselancar pesepeda"
            " pemotor pelari pembalap penari penyanyi musisi pemusik pekerja petugas tentara prajurit polisi"
            " penjaga fotografer atlet pegulat kiper sopir pengemudi penonton kerumunan keluarga pasangan tim"
            " teman pengunjung turis pelanggan".split()
        ),
    ),
    "man": _person("pria", "lelaki laki-laki bapak kakek nelayan koboi"),
    "woman": _person("wanita", "perempuan ibu nenek pengantin-wanita"),
    "child": _person("anak", "anak-kecil balita bocah"),
    "boy": _person("anak laki-laki", "anak-lelaki bocah-lelaki bocah-laki-laki anak-pria"),
    "girl": _person("anak perempuan", "gadis anak-gadis bocah-perempuan"),
    "baby": _person("bayi"),
    #
    "animal": _animal("hewan", "binatang"),
    "dog": _animal("anjing", "anak-anjing pudel"),
    "cat": _animal("kucing", "anak-kucing"),
    "horse": _animal("kuda", "kuda-poni"),
    "bird": _animal("burung", "bebek angsa merpati ayam camar"),
    "cow": _animal("sapi", "banteng kerbau lembu"),
    "sheep": _uncounted("domba", "biri-biri"),
    "elephant": _animal("gajah"),
    "giraffe": _animal("jerapah"),
    "zebra": _animal("zebra"),
    "bear": _animal("beruang"),
    "monkey": _animal("monyet", "kera"),
    #
    "vehicle": _object("kendaraan", "atv traktor"),
    "car": _object("mobil", "taksi jip angkot"),
    "truck": _object("truk", "mobil-truk"),
    "bus": _object("bus", "bis"),
    "tram": _object("trem"),
    "train": _object("kereta api", "kereta lokomotif"),
    "motorcycle": _object("sepeda motor", "motor pengendara-motor pengendara-sepeda-motor pemotor"),
    "bicycle": _object("sepeda", "bmx pengendara-sepeda pesepeda"),
    "scooter": _object("skuter"),
    "boat": _object("perahu", "kapal kano kayak rakit sampan"),
    "airplane": _object("pesawat", "pesawat-terbang"),
    "cart": _object("kereta dorong", "gerobak kereta-bayi"),
    "wheelchair": _object("kursi roda"),
    #
    "stairs": _uncounted("tangga", "anak-tangga"),
    "pothole": _object("lubang jalan", "lubang-di-jalan"),
    "puddle": _object("genangan air", "genangan"),
    "manhole": _object("lubang got"),
    "crossing": _object("zebra cross", "penyeberangan"),
    "traffic light": _object("lampu lalu lintas", "lampu-merah"),
    "sign": _object("papan tanda", "rambu tanda papan-nama plang"),
    "stop sign": _object("rambu stop", "tanda-stop tanda-berhenti"),
    "pole": _classified("batang", "tiang"),
    "streetlight": _object("lampu jalan", "tiang-lampu"),
    "tactile paving": _uncounted("ubin pemandu"),
    "fire hydrant": _object("hidran", "hidran-kebakaran"),
    "parking meter": _object("meteran parkir"),
    "bin": _object("tempat sampah", "tong-sampah"),
    "bench": _object("bangku"),
    "fence": _object("pagar", "gerbang"),
    "railing": _object("susuran", "pagar-besi pegangan-tangga langkan"),
    "umbrella": _object("payung"),
    "building": _object("bangunan", "gedung rumah gereja"),
    "bridge": _object("jembatan"),
    "tree": _classified("batang", "pohon", "pepohonan"),
    "flower": _classified("tangkai", "bunga"),
    "potted plant": _object("tanaman", "tanaman-pot"),
    "rock": _object("batu", "bebatuan tebing"),
    "playground": _object("taman bermain"),
    "tent": _object("tenda"),
    #
    "wall": _object("dinding", "tembok"),
    "door": _object("pintu"),
    "window": _object("jendela"),
    "dining table": _object("meja", "meja-makan"),
    "chair": _object("kursi"),
    "couch": _object("sofa"),
    "bed": _object("tempat tidur", "ranjang kasur"),
    "cabinet": _object("lemari", "loker"),
    "toilet": _object("kloset", "toilet"),
    "sink": _object("wastafel"),
    "refrigerator": _object("kulkas", "lemari-es"),
    "oven": _object("oven", "kompor"),
    "microwave": _object("microwave"),
    "toaster": _object("pemanggang roti"),
    "tv": _object("televisi", "tv"),
    "computer": _object("komputer"),
    "laptop": _object("laptop"),
    "keyboard": _object("papan ketik", "keyboard"),
    "mouse": _object("tetikus", "mouse"),
    "remote": _object("remote"),
    "cell phone": _object("ponsel", "telepon telepon-genggam hp"),
    "clock": _object("jam", "jam-dinding"),
    "vase": _object("vas", "vas-bunga"),
    "book": _object("buku"),
    "scissors": _uncounted("gunting"),
    "hair drier": _object("pengering rambut"),
    "toothbrush": _object("sikat gigi"),
    "bag": _object("tas"),
    "backpack": _object("ransel", "tas-ransel tas-punggung"),
    "handbag": _object("tas tangan", "dompet"),
    "suitcase": _object("koper"),
    "tie": _object("dasi"),
    "food": _uncounted("makanan", "roti buah es-krim"),
    "banana": _object("pisang"),
    "apple": _object("apel"),
    "orange": _object("jeruk"),
    "sandwich": _object("roti lapis", "sandwich burger"),
    "broccoli": _uncounted("brokoli"),
    "carrot": _object("wortel"),
    "hot dog": _object("hot dog"),
    "pizza": _object("pizza"),
    "donut": _object("donat"),
    "cake": _object("kue"),
    "plate": _object("piring"),
    "bowl": _object("mangkuk", "mangkok"),
    "cup": _object("cangkir"),
    "wine glass": _object("gelas anggur"),
    "bottle": _object("botol"),
    "fork": _object("garpu"),
    "knife": _object("pisau"),
    "spoon": _object("sendok"),
    "guitar": _object("gitar"),
    "microphone": _object("mikrofon"),
    "sports ball": _object("bola", "bola-tenis bola-sepak"),
    "baseball bat": _object("pemukul bisbol", "tongkat-bisbol"),
    "baseball glove": _object("sarung tangan bisbol"),
    "tennis racket": _object("raket tenis", "raket"),
    "frisbee": _object("frisbi", "frisbee"),
    "kite": _object("layang-layang"),
    "toy": _object("mainan"),
    "teddy bear": _object("boneka beruang", "boneka"),
    # not "tongkat", which is the cane of whoever listens
    "stick": Noun(
        "sebatang kayu", "batang kayu", frozenset({"tongkat", "batang-kayu", "sebatang-kayu", "ranting"})
    ),
    "skateboard": _object("papan luncur", "skateboard papan-skate"),
    "surfboard": _object("papan selancar"),
    "snowboard": _object("papan seluncur salju", "snowboard papan-salju"),
    "skis": _uncounted("papan ski", "ski pemain-ski"),
    "sled": _object("kereta luncur"),
    "flag": _object("bendera"),
    "fire": _uncounted("api", "api-unggun"),
    #
    "outdoors": _place("di luar ruangan", "di-luar luar-ruangan luar-rumah langit kebun"),
    "indoors": _place("di dalam ruangan", "dalam-ruangan"),
    "room": _place("di sebuah ruangan", "ruangan kamar"),
    "kitchen": _place("di dapur", "dapur"),
    "bathroom": _place("di kamar mandi", "kamar-mandi"),
    "bedroom": _place("di kamar tidur", "kamar-tidur"),
    "living room": _place("di ruang tamu", "ruang-tamu ruang-keluarga"),
    "dining room": _place("di ruang makan", "ruang-makan"),
    "office": _place("di kantor", "kantor"),
    "corridor": _place("di lorong", "lorong koridor"),
    "stairwell": _place("di ruang tangga", "ruang-tangga"),
    "shop": _place("di toko", "toko supermarket"),
    "floor": _place("di lantai", "lantai"),
    "carpet": _place("di atas karpet", "karpet permadani"),
    "street": _place(
        "di jalan atau di dekatnya", "jalan jalanan jalan-kota persimpangan perempatan gang", "di jalan"
    ),
    "road": _place("di jalan raya", "jalan-raya jalan-aspal"),
    "pavement": _place("di trotoar", "trotoar"),
    "path": _place("di jalan setapak", "jalan-setapak jalur"),
    "park": _place("di taman", "taman"),
    "field": _place("di lapangan", "lapangan ladang"),
    "snow": _place("di salju", "salju bersalju"),
    "ice": _place("di atas es", "es"),
    "grass": _place("di atas rumput", "rumput rerumputan berumput padang-rumput"),
    "beach": _place("di pantai", "pantai"),
    "sand": _place("di atas pasir", "pasir berpasir"),
    "dirt": _place("di atas tanah", "tanah jalan-tanah lumpur berlumpur"),
    "forest": _place("di antara pepohonan", "hutan", "di hutan"),
    "mountain": _place("di perbukitan", "gunung bukit pegunungan perbukitan lereng", "di pegunungan"),
    "water": _place("di air atau di dekatnya", "air kolam kolam-renang air-mancur", "di dekat air"),
    "ocean": _place("di laut atau di dekatnya", "laut lautan", "di dekat laut"),
    "lake": _place("di danau atau di dekatnya", "danau", "di dekat danau"),
    "river": _place("di sungai atau di dekatnya", "sungai", "di dekat sungai"),
}
"""For every entry of the vocabulary."""
