"""What nobody may hear of a way in Indonesian: these lists judge what is said, not the rule of
earsight.language.indonesian.safety."""

import re

WAYS = (
    "jalan|jalanan|trotoar|jalur|gang|lorong|koridor|penyeberangan|perempatan|persimpangan|jembatan|peron"
    "|jalan setapak|jalan raya|zebra cross|area parkir"
).split("|")
TRAFFIC = "mobil|kendaraan|lalu lintas|sepeda motor|motor|truk|bus|angkot".split("|")
OPEN = "aman|bebas|kosong|lancar|sepi|lengang|terbuka|sunyi|tenang|rata|lebar|leluasa".split("|")

FORBIDDEN = [
    *(f"{way} {word}" for way in WAYS for word in OPEN),
    *(
        f"{way} {seems} {word}"
        for way in WAYS
        for seems in ("itu", "yang", "sudah", "sangat")
        for word in OPEN
    ),
    *(
        f"{none} {traffic}"
        for traffic in TRAFFIC
        for none in (
            "tidak ada",
            "tak ada",
            "tiada",
            "tanpa",
            "gak ada",
            "nggak ada",
            "enggak ada",
            "tidak terlihat",
            "tidak ada satu pun",
            "sedikit",
            "jarang",
        )
    ),
    *(
        f"{traffic} {gone}"
        for traffic in TRAFFIC
        for gone in ("sudah lewat", "berhenti", "sudah berhenti", "menunggu", "tidak bergerak", "tidak ada")
    ),
    *(
        f"{may} {go}"
        for may in ("boleh", "bisa", "dapat", "silakan", "silahkan", "ayo", "mari", "saatnya", "aman untuk")
        for go in ("menyeberang", "jalan", "berjalan", "lewat", "melintas", "maju", "menyebrang", "melangkah")
    ),
    *(
        "tidak ada orang|tidak ada siapa-siapa|tidak ada siapa pun|tak seorang pun|tidak ada apa-apa"
        "|tidak ada halangan|tidak ada hambatan|tidak ada rintangan|tidak ada bahaya|tanpa halangan"
        "|tidak berbahaya|tidak ada yang datang|tidak ada yang lewat|belum ada kendaraan|tidak macet"
        "|tidak ramai|bahaya sudah lewat|jauh dari bahaya|dengan selamat|dengan aman|aman-aman saja"
        "|baik-baik saja|semua aman|amanlah|bebas hambatan|bebas dari mobil|bebas kendaraan"
    ).split("|"),
    *(
        "lampu hijau|lampu lalu lintas hijau|lampu sudah hijau|lampunya hijau|lampu pejalan kaki hijau"
        "|lampu menyala hijau|hijau menyala|orang hijau|maju saja|jalan terus|terus saja|jalan saja"
        "|menyeberanglah|majulah|jalan sekarang|cukup ruang|cukup lebar|mudah dilewati|dapat dilalui"
        "|bisa dilewati|ruang untuk lewat|diberi jalan|hak jalan"
    ).split("|"),
]

ALLOWED = (
    "lampu merah|lampu lalu lintas|jalan ramai|jalan yang macet|mobil di jalan|lalu lintas padat"
    "|seorang pria menyeberang jalan|orang menyeberang di zebra cross|kursi kosong|botol kosong|kolam kosong"
    "|baju hijau|rumput hijau|pohon hijau di pinggir jalan|seorang pria dengan rompi keselamatan"
    "|petugas keamanan di depan pintu|renang gaya bebas|terjun bebas|langit cerah|air jernih"
    "|seorang anak tanpa baju|anjing tidak berkalung|seseorang menunggu bus di halte|dua mobil diparkir"
    "|seekor anjing berlari di rumput|awas, ada tangga|jalan licin|jalan berlubang|selamat pagi"
    "|seorang wanita berjalan di trotoar|payung terbuka|mulut terbuka|sebuah mobil melaju di jalan"
    "|truk besar mendekat|sepeda motor datang|ada genangan di jalan"
).split("|")
"""What warns or only names."""

STRICT = re.compile(rf"\b({'|'.join(map(re.escape, FORBIDDEN))})\b")


def plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower()))


def promise(text: str) -> str | None:
    """What a sentence promises by the list above; None for nothing."""
    found = STRICT.search(plain(text))
    return found and found[0]
