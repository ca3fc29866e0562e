"""What telling English from Indonesian goes by: common words, and pairs of letters."""

from __future__ import annotations

ENGLISH = frozenset(
    """
    about address after ahead aid airport all and any april are arrival arrivals assembly at attention
    august avenue back baggage bar bathroom be beach bedroom been before belt best book bread butter by call
    can cancel capacity car card cars cash cashier caution chair chicken children church city claim clear
    clinic close closed closing coffee cold contains continue cool could counter customer daily danger date
    day days december delete departure departures did do doctor does dogs door doors down dry eight elevator
    emergency enquiries enter entrance entry exit february feed fire first fish five floor for four free
    fresh friday from fruit gap garden gate gentlemen go good had has have he hello help her here high his
    home hospital hot hour hours how if in information ingredients into is it its january juice july june
    keep key king kitchen ladies lane last left library log low made main march market may me meat meeting
    men messages milk mind minutes monday month more most must my name new next nine no not notice november
    number october of off office old on once one only open opening opens or order other our out over page
    paper park parking password pay people person persons pharmacy phone place platform please point police
    post press price private product public pull push queen reach reception restaurant restroom rice right
    road room sale salt saturday save school search seat second send sent september service settings seven
    shake shall she shop should sign six size slow smoking some sorry soup staff stairs start station store
    street sugar sunday table tablets take tea ten than thank thanks that the their then there these they
    this those three thursday ticket tickets time times to today toilets tomorrow touch train tuesday twice
    two under up us use used user using voltage wait warning was water way we wednesday week weight welcome
    well were wet what when where which who will window with women work works would year you your
    """.split()
)
"""Words of signs, labels, pages and screens, and those without which no sentence does."""

INDONESIAN = frozenset(
    """
    ada adalah agar agustus air akan alamat ambil anak anda anjing antre antri apa api apotek atas atau awas
    ayam bagasi bahaya baik bakso bandara bantuan baru basah batal bawah bayar belakang belum beranda
    berangkat berat berhenti berikutnya berisik bersih besar besok bila bisa boleh buah buanglah buka bukan
    buku bulan cari daging dahulu dalam dan dapat dari darurat datang delapan dengan depan desember di dia
    digunakan dijual dikirim dilarang dingin disewakan diskon dokter dorong dua empat enam es evakuasi
    februari galak gang ganti garam gedung gerbang gereja goreng gratis gula gunakan halaman halte hanya
    hapus harap harga hari harus hati hingga hubungi ia ikan indonesia informasi ini isi itu jalan jalur jam
    jangan jangkauan januari jauhkan jendela jika jl juga juli jumat juni jus kabupaten kaki kalau kali
    kamar kami kamis kanan kantor kapasitas karena kartu karyawan kasih kasir ke kebakaran keberangkatan
    kecil kedatangan keluar kembali kendaraan kereta kering kerja kertas ketika khusus kiri kirim kita
    klinik kocok komposisi kopi kota kumpul kursi laki lama lanjut lanjutkan lantai lapor lebih lewat licin
    lima listrik lobi loket lorong luar maaf makan malam maret masjid masuk mei meja mengandung menit mereka
    merokok mie milik minggu minum mobil mohon motor mushola nama nasi nomor nya oktober oleh orang pada
    pagi paling panas panggil para parkir pasar pejalan pelan pelanggan pemerintah pengambilan pengaturan
    pengguna pengunjung penumpang perbaikan perempuan perhatian peron perpustakaan pertama pesan pintu
    polisi pos pria pribadi produk provinsi rabu rapat rendah republik roti ruang ruangan rumah rusak saat
    sabtu saja sakit sampah sampai samping sana sandi sangat sapi sate satu saya sebelum sedang sehari sejuk
    sekolah selamat selasa sembilan semua senin sepeda sepuluh sesudah setelah setiap siang silahkan silakan
    simpan sini sore soto stasiun sudah supaya surel susu tahun tamu tangga tanggal tarik tegangan teh tekan
    telah telepon tempat tempatnya tenang terakhir teras terima tiap tiba tidak tiga tiket tinggi titik toko
    tolong tombol tujuh tunai tunggu tutup ukuran umum untuk utamakan wajib waktu wanita warung wudhu yang
    """.split()
)
"""The same of Indonesian."""

SHARED = frozenset(
    """
    auto bank bus digital email hotel internet lift mall menu message mini museum plaza radio stop studio
    super tablet taxi toilet total video wc
    """.split()
)
"""Words of both languages, which say nothing."""

LETTERS = "^abcdefghijklmnopqrstuvwxyz"
"""Those of the table's rows and columns; ^ is the beginning and the end of a word."""

PAIRS = """
aa1e1cgabc3604cd0dba0acea0e
89ad03d0929514432a1013g4faf
b2haa4aa11cag4bbaagea3abaea
iaahbdaai1ahiadeaehbi0aaaia
i8b1habi11abic1c0afha4ehaha
gg3ceeh11d9935322e1ea0gadec
ffgcafi1agaafaacaafddeaaada
063aa0a5d3a9fa0a1afe14aaa0a
1afbcgaaaca6bb3ecagci3aeaga
943gbedc9b87a0be1f00b4g1g2e
19aaa3aaa9aaaaaaaaaaa5aaaaa
293cc2df40a822a9aa8b29adafa
02adicgab18cg06bhaehe4hdaia
225aa5daaaa2ae5b4a2ib4a13da
25c10ea2c09bde0b4bcca3beb8b
cd1ediec5e01aabhcaacbihicee
03bea21ah0a2hd4aiaafe3acaea
aaaaaaaaaaaaaaaaaaaaagaaaaa
024bbdd14091310c3biba2f11ia
e50ga2bai0aaefcccfcheaadada
a20hdacai0a8fd9bbabii3bhaia
970d4edd9c79232dab0a2a2abca
a0aabiaaafaaaaabaaaaa1aaaca
i0cagfa1iia1eaiiaagibbaaafa
baaaaf1acfaaaaabeaaadaaaaba
i9fig0ac3baae0addacie9abaaa
1daaaiaaacaacaadaaaaaaaaabe
"""
"""A row for each first letter, a column for each second one: the logarithm of how much likelier the pair is
in Indonesian than in English, times 3: 1 to 9, or a to i for -1 to -9.

Counted in the words of 24,000 English captions of COCO, 40,000 Indonesian ones of Flickr8k, and this
project's catalogues; each word counts with the square root of how often it occurs.
"""
