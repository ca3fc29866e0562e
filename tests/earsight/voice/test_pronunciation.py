"""Words that espeak-ng would say wrongly, as it says them now."""

import asyncio
import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earsight.voice.engine import one_line
from earsight.voice.espeak import EspeakSynthesizer
from earsight.voice.pronunciation import corrections, with_phonemes
from earsight.voice.sound import VoiceError

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed: sudo apt install espeak-ng"
)
INDONESIAN = corrections("id")

# The 199 most frequent words in captions that the voice says wrongly, without their other vowels.
FREQUENT = """
dengan bermain sedang cokelat kecil besar pemain memegang depan dekat tersenyum sebelah oleh melewati renang
jaket empat pendek basket tebing tengah mengejar berenang tepi gedung lebih tempat terbang sepedanya dewasa
gelap cerah kerah menendang melemparkan seperti lengan lereng penuh emas gelembung beton terjun semak cepat
restoran setelah topeng bergerak meraih kertas menyelam selam kering ember enam memberi seni terang memeluk
telepon rendah pergi pedesaan menyentuh raket dipegang banteng menyeberang karet jeram terentang berhenti
mesin selang mencebur senang jejak setengah menempel teman gelas pedang menjauh pekerja dompet bekerja
perenang senyum menembakkan gerbang kue tercebur profesional seberang militer kembang senja tembakan
dilemparkan lehernya ekspresi telentang bersaing berebut tenang dikejar monyet menembus cermin kelas aneh
penggemar mengelilingi jernih rerumputan atlet keping lembah disemprot tebal rekan beku kaleng jepit deretan
ketat jempol remang leher debu lepas keras celemek melekat sempit berat adegan jenis tentang bertepuk
mengeluarkan berkeliaran lebat serba gemuk bersenang instrumen jepang kafe menyeberangi menyerang
sekelilingnya permen sekop menerjang karena kekang penyelam mengelus tepat konser belokan monumen
penyeberangan protes galeri jeruk seluler festival samudera memelihara terletak merekam elang menempelkan
teduh ternak berdebu keruh selembar menggelengkan keselamatan mengenai terjebak setang membeli sebelum bertemu
objek celah mendekat keempat tersebut elektronik vertikal paket belum senam
""".split()


def phonemes(text, voice="id"):
    """What espeak-ng says, in its notation; each clause is a line."""
    argv = ["espeak-ng", "-v", voice, "-q", "-x", "-b", "1", "--stdin"]
    said = subprocess.run(argv, input=text.encode(), capture_output=True, check=True, timeout=60).stdout
    return [line.strip() for line in said.decode().splitlines() if line.strip()]


@needs_espeak
def test_every_word_sounds_as_it_is_written_down():
    words = list(INDONESIAN)
    said = []
    for at in range(0, len(words), 1000):
        said += phonemes("\n\n".join(f"{with_phonemes(word, 'id')}." for word in words[at : at + 1000]))
    assert said == list(INDONESIAN.values())


@needs_espeak
def test_frequent_words_had_a_wrong_vowel_and_have_the_right_one():
    assert len(FREQUENT) == 199
    right = [INDONESIAN[word] for word in FREQUENT]
    assert phonemes("\n\n".join(f"{with_phonemes(word, 'id')}." for word in FREQUENT)) == right
    plain = phonemes("\n\n".join(f"{word}." for word in FREQUENT))
    assert all(before != after for before, after in zip(plain, right, strict=True))
    # Only the vowels that the spelling does not tell apart were changed.
    assert [re.sub("[E@]", "e", said) for said in plain] == [re.sub("[E@]", "e", said) for said in right]


def test_the_vowels_of_well_known_words():
    known = {"dengan": "@", "kecil": "@", "besar": "@", "empat": "@", "enam": "@", "keempat": "@@"}
    known |= {"telepon": "EE", "jaket": "E", "kue": "E", "sebelah": "@@", "berenang": "@@", "sepedanya": "@E"}
    assert {word: "".join(re.findall("[E@]", INDONESIAN[word])) for word in known} == known


@needs_espeak
@pytest.mark.parametrize("write", [str.lower, str.upper, str.title])
@pytest.mark.parametrize(
    "around",
    [
        "{}.", "{}!", "{}, itu", "({})", "dan ({}) itu", '"{}"', "dan “{}” itu", "'{}'", "dan-{}", "{}-{}",
        "dan/{}", "@{}", "*{}*", "{}: {}; {}?", "7 {} 7", "{}\u2026", "di {} rumah",
    ],
)  # fmt: skip
def test_no_letter_case_and_no_punctuation_hides_a_word(around, write):
    text = with_phonemes(one_line(around.replace("{}", write("kecil"))), "id")
    assert " ".join(phonemes(text)).count("k'@tSil") == around.count("{}")


@needs_espeak
@pytest.mark.parametrize("text", ["kecilnya", "kecilkan", "terkecil", "kecillah"])
def test_forms_of_a_word_keep_their_schwa(text):
    (said,) = phonemes(with_phonemes(text, "id"))
    assert "E" not in said


def test_parts_of_words_and_other_languages_are_left_alone():
    assert with_phonemes("kecil7 x_kecil", "id") == "kecil7 x_kecil"
    assert with_phonemes("kecil", "en") == "kecil"


def test_the_file_can_not_break_out_of_its_brackets():
    assert len(INDONESIAN) > 6000
    assert all(re.fullmatch("[a-z]+", word) for word in INDONESIAN)
    assert all(re.fullmatch(r"[\w@',^_|]+", said) for said in INDONESIAN.values())


@given(
    st.lists(st.sampled_from(["kecil", "[[", "]]", "[", "]", " ", "a", ".", "x]]", "[[k'@tSil"]), max_size=9)
)
def test_no_text_brings_phonemes_of_its_own(parts):
    try:
        line = one_line("".join(parts))
    except VoiceError:
        return
    rest = with_phonemes(line, "id").replace("[[k'@tSil]]", "")
    assert "[[" not in rest
    assert "]]" not in rest


@needs_espeak
def test_an_indonesian_voice_says_the_right_vowel(tmp_path, monkeypatch):
    """What reaches espeak-ng; with a variant, too."""
    program = tmp_path / "espeak-ng"
    program.write_text(f'#!/bin/sh\ntee -a {tmp_path}/given | exec /usr/bin/espeak-ng "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for voice in ("id", "id+f2", "en"):
        asyncio.run(EspeakSynthesizer(voice).synthesize("Anak kecil.\n", 175))
    assert (tmp_path / "given").read_text() == "Anak [[k'@tSil]].Anak [[k'@tSil]].Anak kecil."
