"""The objects of object_hallucination in Indonesian: the words by which a caption names them."""

from __future__ import annotations

import re

PHRASES = {
    "sepeda motor": "motor",
    "kereta api": "kereta-api",
    "kereta luncur": "kereta-luncur",
    "kereta bayi": "kereta-bayi",
    "kursi roda": "kursi-roda",
    "air mancur": "air-mancur",
    "air terjun": "air-terjun",
    "kolam renang": "kolam-renang",
    "papan luncur": "skateboard",
    "papan selancar": "papan-selancar",
    "papan seluncur salju": "snowboard",
    "es krim": "es-krim",
    "taman bermain": "taman-bermain",
    "tenis meja": "tenis",
    "mobil mainan": "mainan",
    "boneka binatang": "boneka",
    "boneka beruang": "boneka",
    "topi baseball": "topi",
    "topi bisbol": "topi",
    "sekelompok": "",
    "kelompok": "",
    "tempat tidur": "tempat-tidur",
    "kacamata hitam": "kacamata",
    "pejalan kaki": "pejalan",
    "lampu jalan": "lampu",
    "bola basket": "basket",
}
"""Words that mean something else together, and what stands for them; one that only counts becomes nothing."""

WORDS = {
    "person": "orang seseorang kerumunan pemain pengendara tim pasangan dewasa pendaki pemanjat pesepeda"
    " peselancar surfer pemain-ski skater pembalap pelari perenang keluarga penonton manusia remaja pejalan"
    " pegulat penumpang petugas polisi pekerja kiper wasit pengantin badut joki pemuda teman band penunggang"
    " warga skateboarder snowboarder turis pengunjung penari atlet",
    "man": "pria lelaki laki-laki cowok bapak ayah suami",
    "woman": "wanita perempuan ibu istri",
    "child": "anak bocah balita bayi anak-anak kanak-kanak",
    "boy": "",
    "girl": "gadis cewek",
    "animal": "hewan binatang",
    "dog": "anjing greyhound pudel gembala retriever terrier bulldog collie",
    "horse": "kuda",
    "bird": "burung bebek angsa merpati camar elang",
    "cat": "kucing",
    "cow": "sapi banteng",
    "vehicle": "kendaraan",
    "car": "mobil jip van",
    "truck": "truk",
    "bus": "bus bis",
    "train": "kereta-api",
    "boat": "perahu kapal kayak sampan rakit kano",
    "bike": "",
    "bicycle": "sepeda bmx bersepeda pesepeda",
    "motorcycle": "motor motorcross motocross bermotor",
    "scooter": "skuter",
    "cart": "gerobak kereta kereta-bayi",
    "sled": "kereta-luncur",
    "water": "air basah percikan perairan",
    "ocean": "laut lautan ombak gelombang berselancar",
    "lake": "danau kolam",
    "river": "sungai aliran air-terjun jeram",
    "pool": "kolam-renang kolam",
    "puddle": "genangan",
    "fountain": "air-mancur",
    "beach": "pantai pasir berpasir",
    "snow": "salju bersalju",
    "ice": "es",
    "grass": "rumput berumput rerumputan lapangan halaman taman ladang padang",
    "dirt": "lumpur berlumpur berdebu",
    "mountain": "gunung pegunungan bukit tebing lereng batu berbatu bebatuan puncak perbukitan",
    "forest": "hutan pohon pepohonan berhutan kayu",
    "street": "jalan jalanan trotoar kota aspal beraspal",
    "path": "setapak jalur lintasan trek",
    "building": "bangunan gedung rumah toko restoran",
    "wall": "dinding tembok",
    "window": "jendela",
    "door": "pintu",
    "stairs": "tangga",
    "fence": "pagar gerbang railing langkan berpagar",
    "bridge": "jembatan",
    "bench": "bangku",
    "chair": "kursi kursi-roda",
    "couch": "sofa",
    "bed": "tempat-tidur ranjang kasur",
    "table": "meja",
    "ball": "bola sepakbola basket bisbol tenis voli softball",
    "frisbee": "frisbee cakram",
    "toy": "mainan boneka",
    "stick": "tongkat ranting cabang dahan",
    "rope": "tali",
    "swing": "ayunan berayun",
    "slide": "seluncuran perosotan",
    "skateboard": "skateboard skateboarder skater",
    "surfboard": "papan-selancar berselancar peselancar surfer selancar",
    "snowboard": "snowboard snowboarder",
    "ski": "ski",
    "hat": "topi bertopi helm",
    "helmet": "helm",
    "glasses": "kacamata berkacamata",
    "umbrella": "payung",
    "camera": "",
    "phone": "telepon ponsel",
    "book": "buku",
    "bag": "tas ransel dompet",
    "food": "makanan makan kue es-krim memakan",
    "drink": "minuman botol cangkir bir gelas minum",
    "guitar": "gitar",
    "microphone": "mikrofon",
    "sign": "papan-tanda",
    "flag": "bendera",
    "flower": "bunga",
    "tent": "tenda",
    "fire": "api",
}
"""By the names of the English table. What has two meanings (papan, kamera: "looks at the camera") is left
out."""

_PHRASE = re.compile(rf"\b({'|'.join(map(re.escape, sorted(PHRASES, key=len, reverse=True)))})\b")
_OWNED = re.compile(r"^(.{3,}?)-?nya$")
_ITS_OWN = frozenset({"hanya", "tanya", "punya"})


def words(text: str) -> list[str]:
    """Split a text into words, without the suffix -nya and the second half of a plural (anjing-anjing)."""
    joined = _PHRASE.sub(lambda found: PHRASES[found.group()], text.lower())
    return [_bare(word) for word in re.findall(r"[a-z-]+", joined)]


def _bare(word: str) -> str:
    owned = _OWNED.match(word)
    if owned and word not in _ITS_OWN:
        word = owned.group(1)
    half, _, other = word.partition("-")
    return half if half == other and word not in ("laki-laki", "kanak-kanak") else word
