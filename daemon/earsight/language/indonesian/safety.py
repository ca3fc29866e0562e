"""What may never be said in Indonesian: that a way is clear, that nothing is coming, that one may go.

The rule is the same as in English (english/safety.py). Case, hyphens, punctuation and accents make no
difference; the colloquial "gak" and "nggak" count as "tidak".
"""

from __future__ import annotations

import re

from earsight.language.plain import folded, words


def _any(listed: str) -> str:
    """One of these words; an underscore joins two."""
    return f"(?:{'|'.join(word.replace('_', ' ') for word in listed.split())})"


def _not_after(listed: str) -> str:
    """Where none of these words comes before."""
    return "".join(f"(?<!{word} )" for word in listed.split())


_WAY = _any(
    "jalan jalanan jalannya jalur lajur trotoar setapak gang lorong koridor lintasan rute rel tol aspal"
    " penyeberangan zebra_cross perempatan pertigaan persimpangan simpang bundaran tikungan jembatan"
    " terowongan tangga eskalator peron gerbang gapura portal pintu_masuk pintu_keluar parkiran parkir area"
    " daerah kawasan ruang ruangan tempat lahan halaman permukaan tanah lantai depan sekitar sekeliling"
    " sekitarnya arah arus akses lalin lalu_lintas semua semuanya segalanya situasi suasana keadaan kondisi"
)
_TRAFFIC = _any(
    "lalu_lintas lalin kendaraan mobil truk bus bis angkot taksi motor sepeda becak bajaj ojek kereta trem"
    " pengemudi pengendara sopir supir pemotor pesepeda"
)
_ANYONE = _any(
    "orang seorang seseorang siapa siapapun apapun apa_pun apa_apa manusia pejalan penyeberang warga pria"
    " wanita lelaki perempuan laki anak satu_pun satupun seorangpun yang_datang yang_lewat yang_melintas"
    " yang_mendekat yang_menghalangi"
)
_DANGER = _any(
    "bahaya berbahaya membahayakan halangan hambatan rintangan penghalang gangguan risiko resiko ancaman"
    " masalah kendala lubang berlubang undakan genangan tangga kemacetan macet ramai padat sibuk penuh"
    " terhalang terhambat tertutup diblokir ditutup menghalangi datang mendekat mendekati melintas lewat"
    " khawatir takut kecelakaan"
)
_NOT = _any(
    "tidak tak tiada bukan belum tanpa nihil nol jarang minim kurang sedikit gak ga nggak ngga enggak engga"
    " ndak kagak tidaklah tidakkah"
)
_IS = _any(
    "adalah sangat sudah telah lagi sedang masih cukup agak begitu tampak terlihat kelihatan nampak yang"
)
_EMPTY = _any(
    "tenang sunyi hening terbuka dibuka buka rata datar mulus halus lebar luas longgar bersih kering baik"
    " bagus beres nyaman tersedia siap terang lurus ok oke ditinggalkan hampa lowong senggang steril kondusif"
    " terkendali normal"
)
_MAY = _any(
    "boleh bisa dapat mampu silakan silahkan ayo ayolah mari marilah hayo yuk saatnya waktunya saat_untuk"
    " waktu_untuk diizinkan diperbolehkan dipersilakan sempat sanggup tinggal langsung harus segera sebaiknya"
)
_GO = _any(
    r"jalan berjalan jalanlah berjalanlah menyeberang\w* menyebrang\w* nyeberang\w* nyebrang\w* seberang\w*"
    r" sebrang\w* diseberangi disebrangi lewat\w* melewati dilewati lalui melalui dilalui melintas\w*"
    r" dilintasi lintasi maju majulah melangkah\w* melaju lanjut\w* melanjutkan terus\w* masuk masuklah pergi"
    r" pergilah lari berlari bergerak menerobos"
)
_SIGNAL = _any("lampu sinyal isyarat rambu panah orang figur tanda")
_TELLS = _any("menunjukkan bertuliskan berbunyi menyatakan")
_WORN = "rompi helm sabuk jaket sepatu pelampung kacamata jaring alat tali"
_HOLLOW = "kursi bangku botol gelas piring mangkuk cangkir kotak keranjang kolam ember kaleng meja"

_PROMISES = re.compile(
    r"\b(?:"
    + "|".join(
        (
            # Safe, clear, free. Free fall, and what is worn for safety, promise nothing.
            r"(?:aman|amankan|diamankan|teraman|seaman)(?:lah|kah|nya)?",
            rf"{_not_after(_WORN)}keselamatan",
            r"selamat(?! (?:pagi|siang|sore|malam|datang)\b)",
            rf"{_not_after('petugas satuan pos kamera')}keamanan",
            rf"{_not_after('gaya terjun lemparan tendangan')}(?:bebas|terbebas|sebebas)(?:lah|nya)?",
            rf"{_not_after(_HOLLOW)}(?:kosong|dikosongkan|mengosong)(?:lah|nya)?",
            r"(?:sepi|lengang|lancar|leluasa|lapang|kelancaran|melompong)(?:lah|nya)?",
            # Nothing there.
            rf"{_NOT}(?: \w+){{0,3}} (?:{_TRAFFIC}|{_ANYONE}|{_DANGER})(?:nya)?",
            rf"(?:{_TRAFFIC}|{_DANGER})(?:nya)?(?: \w+){{0,3}} {_NOT}",
            rf"{_ANYONE}(?:nya)?(?: \w+)? (?:tiada|(?:tidak|tak|gak|nggak|enggak|belum) (?:ada|terlihat))",
            rf"sudah pergi(?: \w+){{0,3}} {_TRAFFIC}",
            rf"{_TRAFFIC}(?:nya)?(?: \w+){{0,3}} (?:hilang|pergi|berlalu|menjauh|menyingkir|minggir|absen)",
            rf"{_TRAFFIC}(?:nya)?(?: \w+){{0,3}} (?:berhenti|terhenti|dihentikan|menunggu|mengalah|mengerem)",
            rf"(?:{_DANGER}|{_TRAFFIC})(?:nya)? (?:sudah |telah )?(?:berlalu|lewat|usai|berakhir|reda|surut)",
            r"(?:jauh|luar|lepas|lolos|terhindar) (?:dari )?bahaya",
            r"(?:baik baik saja|semua(?:nya)? (?:baik|beres|oke|ok))",
            # A way, and that it is open.
            rf"{_WAY}(?: \w+){{0,2}} (?:{_IS} )*{_EMPTY}(?:lah|nya)?",
            rf"{_EMPTY}(?:nya)? {_WAY}",
            r"cukup (?:ruang|tempat|luas|lebar|lapang|jarak|longgar)",
            r"(?:ruang|tempat|jarak|celah) (?:\w+ )?untuk \w+",
            rf"(?:mudah|gampang|enak|nyaman) (?:untuk )?{_GO}",
            # Leave to go.
            rf"{_MAY}(?:lah)?(?: (?:untuk|saja|sekarang|langsung|mulai|terus|kalian|kita|anda|kamu|di|ke))*"
            rf" {_GO}(?:lah)?",
            rf"{_GO} (?:saja|sekarang|duluan|terus|lurus|aja)",
            r"(?:majulah|jalanlah|berjalanlah|menyeberanglah|melangkahlah|lanjutkan saja|teruskan saja)",
            r"(?:diberi|memberi|beri|kasih|dikasih) jalan",
            r"(?:hak|prioritas) (?:untuk )?(?:jalan|lewat|menyeberang|utama)",
            # What lights tell.
            rf"{_SIGNAL}(?:nya)?(?: \w+){{0,4}} hijau(?! (?:tua|muda))",
            r"hijau (?:sudah |telah |sedang )?(?:menyala|nyala)",
            rf"{_SIGNAL}(?:nya)?(?: \w+){{0,3}} {_TELLS} (?:\w+ )?{_GO}",
        )
    )
    + r")\b"
)

_ADDRESS = re.compile(r"\b(?:anda|kamu|kalian|engkau|kau|lo|lu)\b")


def promises_safety(text: str) -> bool:
    """Whether the text breaks the rule above, or might."""
    return bool(_PROMISES.search(words(folded(text))))


def unfit_for_description(text: str) -> bool:
    """Whether the text promises safety or speaks to the wearer: no caption that does is said."""
    return promises_safety(text) or bool(_ADDRESS.search(words(folded(text))))
