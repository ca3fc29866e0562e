"""What is written on the pictures of text_pictures.py, in English and Indonesian."""

from __future__ import annotations

import random
from dataclasses import dataclass

SIGNS = {
    "en": (
        "EXIT|Emergency Exit|PUSH|PULL|OPEN|CLOSED|No Smoking|NO ENTRY|Wet Floor|Mind the gap"
        "|Platform 4|Way out|Please wait here|Fire Assembly Point|STOP|Bus Stop|Toilets|Ladies"
        "|Gentlemen|Reception|Lift|Stairs|Danger High Voltage|Keep left|Road Works Ahead"
        "|Private Property|Ticket Office|Information|Pharmacy|Free Wi-Fi|Sale 50% off|Car Park"
        "|Staff Only|Do not disturb|Out of order|Library|Police Station|Opening hours|Monday to Friday"
        "|Dogs must be kept on a lead|Quiet please|First Aid|Meeting Room 3|Pay here|Baggage Claim"
        "|Gate B12|City Hospital|Main Street|Queen's Road|Coffee & Tea|Fresh Bread Daily"
    ),
    "id": (
        "KELUAR|Pintu Darurat|DORONG|TARIK|BUKA|TUTUP|Dilarang Merokok|DILARANG MASUK|Awas Lantai Licin"
        "|Hati-hati|Peron 4|Jalur Evakuasi|Harap antre|Titik Kumpul|BERHENTI|Halte Bus|Toilet Wanita"
        "|Toilet Pria|Lobi|Tangga|Bahaya Tegangan Tinggi|Lewat kiri|Ada Perbaikan Jalan|Milik Pribadi"
        "|Loket Tiket|Informasi|Apotek|Wi-Fi Gratis|Diskon 50%|Tempat Parkir|Khusus Karyawan"
        "|Jangan berisik|Rusak|Perpustakaan|Kantor Polisi|Jam Buka|Senin sampai Jumat"
        "|Buanglah sampah pada tempatnya|Harap tenang|P3K|Ruang Rapat 3|Bayar di sini"
        "|Pengambilan Bagasi|Gerbang B12|Rumah Sakit Umum|Jalan Sudirman|Warung Makan Sederhana"
        "|Nasi Goreng|Mushola|Tempat Wudhu|Utamakan Pejalan Kaki|Awas Anjing Galak|Terima kasih"
    ),
}
SENTENCES = {
    "en": (
        "Take one tablet twice a day with water.|Store in a cool, dry place.|Shake well before use."
        "|The train to the airport leaves from platform nine."
        "|Your order has been sent and will arrive tomorrow.|Please keep this door closed at all times."
        "|She opened the window and looked out over the harbour."
        "|It was the first time that he had seen the sea."
        "|Add the flour slowly and stir until it is smooth.|The museum is open every day except Monday."
        "|Visitors must sign in at the front desk.|We are sorry for any trouble this may cause."
        "|Nobody knew where the old map had come from.|Payment is due within thirty days."
        "|Do not use if the seal is broken.|Keep out of reach of children."
        "|In case of fire use the stairs, not the lift."
        "|The children walked home through the quiet streets.|Press any key to continue."
        "|Your password must have at least eight letters.|There is a new message."
        "|Water boils at one hundred degrees.|Best before: see lid."
        "|The meeting has been moved to Thursday."
    ),
    "id": (
        "Minum satu tablet dua kali sehari dengan air.|Simpan di tempat yang sejuk dan kering."
        "|Kocok dahulu sebelum diminum.|Kereta ke bandara berangkat dari peron sembilan."
        "|Pesanan Anda sudah dikirim dan akan tiba besok.|Pintu ini harus selalu ditutup."
        "|Ia membuka jendela dan memandang ke arah pelabuhan.|Itulah pertama kali ia melihat laut."
        "|Masukkan tepung sedikit demi sedikit sambil diaduk."
        "|Museum buka setiap hari kecuali hari Senin.|Pengunjung wajib mengisi buku tamu."
        "|Kami mohon maaf atas gangguan ini.|Tidak ada yang tahu dari mana peta tua itu berasal."
        "|Pembayaran paling lambat tiga puluh hari.|Jangan digunakan jika segel rusak."
        "|Jauhkan dari jangkauan anak-anak.|Jika terjadi kebakaran gunakan tangga, bukan lift."
        "|Anak-anak berjalan pulang melalui jalan yang sepi.|Tekan tombol apa saja untuk melanjutkan."
        "|Kata sandi harus terdiri dari delapan huruf.|Ada pesan baru."
        "|Air mendidih pada suhu seratus derajat.|Baik digunakan sebelum: lihat tutup."
        "|Rapat dipindahkan ke hari Kamis."
    ),
}
NAMES = (
    "Siti|Budi|Anna|Peter|Dewi|Jakarta|Bandung|London|Surabaya|Oxford|Merdeka|Garuda|Victoria|Nusantara|Rose"
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A line of text. language: "en", "id", or None for numbers and names."""

    text: str
    language: str | None


def sign_line(source: random.Random, language: str) -> Wording:
    """What a sign says."""
    text = source.choice(SIGNS[language].split("|"))
    return Wording(text.upper() if source.random() < 0.3 else text, language)


def number_line(source: random.Random) -> Wording:
    """A time, price, telephone number, bus number, date or address."""
    digits = source.randrange
    return Wording(
        source.choice(
            (
                f"{digits(24):02}:{digits(60):02}",
                f"{digits(6, 12)}.00 - {digits(13, 24)}.00",
                f"Rp {digits(1, 999)}.000",
                f"£{digits(1, 99)}.{digits(100):02}",
                f"${digits(1, 999)}",
                f"0{digits(20, 90)} {digits(1000, 9999)} {digits(1000, 9999)}",
                f"{digits(1, 29):02}/{digits(1, 13):02}/20{digits(20, 40)}",
                f"{source.choice('ABCDEFGHKLMNPRST')}{digits(1, 200)}",
                f"{digits(1, 400)}",
                f"{digits(10)}",
                source.choice("ABCDEFGHKLMNPRSTX"),
                f"{source.choice('BDFL')} {digits(1000, 9999)} {source.choice('ABC')}{source.choice('XYZ')}",
                f"{digits(1, 100)}%",
                f"{digits(100, 1000)} ml",
                f"{source.choice(NAMES.split('|'))} {digits(1, 99)}",
            )
        ),
        None,
    )


def prose(source: random.Random, language: str, characters: int) -> str:
    """Sentences one after the other, at least that long."""
    text = ""
    while len(text) < characters:
        text += (" " if text else "") + source.choice(SENTENCES[language].split("|"))
    return text


def wrapped(text: str, characters: int) -> list[str]:
    """Lines of at most that many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > characters:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines
