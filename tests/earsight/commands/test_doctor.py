"""earsight doctor: what it prints, what it says, and how it ends."""

from __future__ import annotations

import json

import pytest

from earsight import cli
from earsight.commands import doctor
from earsight.doctor.finding import Finding, Status, spoken
from earsight.language.languages import load_language
from earsight.voice import registry
from earsight.voice.sound import Sound, VoiceError
from earsight.voice.voice import Voice
from tests.earsight.fakes import FastPlayer, ToneSynthesizer
from tests.earsight.stand_ins import photo


@pytest.fixture
def heard(monkeypatch):
    """What is said by any voice."""
    words = []

    class Heard(ToneSynthesizer):
        async def synthesize(self, text: str, rate: int) -> Sound:
            words.append(text)
            return await super().synthesize(text, rate)

    monkeypatch.setattr(registry, "build_voice", lambda _section, _language: Voice(Heard(), FastPlayer()))
    return words


def test_it_says_what_it_prints(tmp_path, capsys, heard):
    config = tmp_path / "earsight.yaml"
    config.write_text(
        f"camera: {{source: replay, replay: {photo(tmp_path)}}}\n"
        "captioner: {bundle: gone}\n"
        "voice: {player: wav, wav_file: said.wav}\n"
        f"triggers: {{control_socket: {tmp_path / 'control.sock'}}}\n"
    )
    assert cli.main(["doctor", "--json", "--speak", "--config", str(config)]) == cli.FAILED
    findings = [
        Finding(**(row | {"status": Status(row["status"])})) for row in json.loads(capsys.readouterr().out)
    ]
    status = {finding.name: finding.status for finding in findings}
    assert (status["camera"], status["model"]) == (Status.OK, Status.FAILURE)
    assert heard == spoken(findings, load_language("en"))
    assert cli.main(["doctor", "--config", str(config)]) == cli.FAILED
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == [finding.status for finding in findings]
    assert len(heard) == len(spoken(findings, load_language("en")))


def test_what_is_wrong_with_the_voice_is_printed_once(tmp_path, capsys, monkeypatch):
    def broken(section, _language):
        raise VoiceError(f"{section.engine} is broken")

    monkeypatch.setattr(registry, "build_voice", broken)

    async def examined(_config):
        return [Finding("voice", Status.FAILURE, "espeak is broken")]

    monkeypatch.setattr(doctor, "examine", examined)
    config = tmp_path / "earsight.yaml"
    config.write_text("voice: {engine: espeak}\n")
    assert cli.main(["doctor", "--speak", "--config", str(config)]) == cli.FAILED
    printed = capsys.readouterr()
    assert (printed.out + printed.err).count("espeak is broken") == 1
    assert printed.err == "earsight: auto is broken\n"


def test_mistakes_in_the_settings_are_said_by_their_lines(tmp_path, capsys, heard):
    config = tmp_path / "earsight.yaml"
    config.write_text("camera:\n  fps: 0\n  sorce: auto\n")
    assert cli.main(["doctor", "--speak", "--config", str(config)]) == cli.WRONG_USAGE
    assert len(capsys.readouterr().err.splitlines()) == 2
    count, first, second = heard
    assert count == "2 problems."
    assert first.startswith("The settings: line 2, camera.fps: got 0; expected ")
    assert second == "The settings: line 3, camera.sorce: unknown key; did you mean camera.source?"
    assert str(tmp_path) not in first


@pytest.mark.parametrize("option", [[], ["--language", "id"]])
def test_mistakes_in_indonesian(tmp_path, heard, option):
    config = tmp_path / "earsight.yaml"
    config.write_text(
        "camera:\n  fps: 0\n  sorce: auto\n  width: [1]\nvoice:\n  earcons: loud\n  engine: bell\n"
        + ("" if option else "language: id\n")
    )
    assert cli.main(["doctor", "--speak", "--config", str(config), *option]) == cli.WRONG_USAGE
    *others, engine = heard
    assert others == [
        "Ada 5 masalah.",
        "Pengaturan: baris 2, camera.fps: isinya 0; seharusnya bilangan bulat dari 1 sampai 120.",
        "Pengaturan: baris 3, camera.sorce: kunci tidak dikenal; mungkin maksudnya camera.source?",
        "Pengaturan: baris 4, camera.width: isinya sebuah daftar; "
        "seharusnya bilangan bulat dari 64 sampai 4096.",
        'Pengaturan: baris 6, voice.earcons: isinya "loud"; seharusnya true atau false.',
    ]
    expected = 'Pengaturan: baris 7, voice.engine: isinya "bell"; seharusnya salah satu dari auto, espeak, '
    assert engine.startswith(expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "berkasnya hilang atau tidak bisa dibaca"),
        ("language: [", "baris 1 bukan YAML yang sah"),
        ("a: 1\na: 2\n", "kunci tidak dikenal"),
        ("narration: {every: 5}\nnarration: {every: 6}\n", "ditulis dua kali, pertama di baris 1"),
        ("gestures: {double_window: 1, long_press: 0.5}\n", "nilai yang cocok dengan pengaturan lain"),
    ],
)
def test_any_mistake_has_its_words_in_indonesian(tmp_path, heard, text, said):
    config = tmp_path / "earsight.yaml"
    if text is not None:
        config.write_text(text)
    command = ["doctor", "--speak", "--language", "id", "--config", str(config)]
    assert cli.main(command) == cli.WRONG_USAGE
    assert said in heard[1]


def test_settings_that_are_gone_are_said_too(tmp_path, heard):
    gone = tmp_path / "gone.yaml"
    assert cli.main(["doctor", "--speak", "--config", str(gone)]) == cli.WRONG_USAGE
    assert heard == ["1 problem.", f"The settings: {gone}: there is no such file."]


def test_unasked_it_says_nothing(tmp_path, heard):
    assert cli.main(["doctor", "--config", str(tmp_path / "gone.yaml")]) == cli.WRONG_USAGE
    assert heard == []
