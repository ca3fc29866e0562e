"""`earsight board-report`: all figures, on a page and as JSON, and nothing personal."""

import json
import socket

import pytest

from earsight import cli
from tests.earsight.commands.process import SPEECH, earsight, one_line

PERSON = "somebody"
"""In the names of all files and folders."""


@pytest.fixture(scope="module")
def reported(tmp_path_factory, photos):
    folder = tmp_path_factory.mktemp(PERSON)
    picture = folder / f"{PERSON}s-face.jpg"
    picture.write_bytes((photos / "good.jpg").read_bytes())
    settings = folder / f"{PERSON}.yaml"
    settings.write_text(
        f"camera: {{source: replay, replay: {picture}}}\ncaptioner: {{bundle: {PERSON}s-bundle}}\n"
        f"voice: {{player: wav, wav_file: {PERSON}.wav, rate: 450}}\n"
        f"triggers: {{control_socket: {PERSON}.sock, button: {{pin: 17}}}}\n"
    )
    words = ["board-report", "--presses", "2", "--captions", "2", "--config", settings]
    return earsight(*words, tmp_path=folder), folder


@SPEECH
def test_all_is_measured(reported):
    ended, folder = reported
    assert ended.returncode == 0, ended.stderr
    report = json.loads((folder / "board-report.json").read_text())
    assert set(report) == {"machine", "presses", "camera", "bundles", "memory_mb", "sensors", "doctor"}
    presses = report["presses"]
    assert (presses["from"], presses["sound"], presses["count"]) == ("software press", "file", 2)
    assert 0 <= presses["tone_ms"]["p50"] <= presses["tone_ms"]["p95"]
    assert presses["words_ms"]["p50"] > presses["tone_ms"]["p50"]
    assert report["camera"]["per_second"] > 0
    builtin, own = report["bundles"]
    assert builtin["bundle"] == "builtin"
    assert builtin["ratio"] > 1
    assert own == {"bundle": "own", "error": "BenchError"}
    assert {"name": "model", "status": "failure"} in report["doctor"]


@SPEECH
def test_the_page_is_sentences_and_a_row_of_the_table(reported, request):
    ended, folder = reported
    page = (folder / "board-report.txt").read_text()
    assert page in ended.stdout.decode()
    *sentences, _, row = page.strip().splitlines()
    assert all(line.endswith((".", ":")) for line in sentences if line)
    table = (request.config.rootpath / "docs" / "boards.md").read_text(encoding="utf-8")
    header = next(line for line in table.splitlines() if line.startswith("| board, system |"))
    assert row.count("|") == header.count("|")


@SPEECH
def test_nothing_personal_is_in_it(reported):
    _, folder = reported
    for name in ("board-report.json", "board-report.txt"):
        text = (folder / name).read_text()
        for personal in (PERSON, str(folder), "/tmp", socket.gethostname() + " ", ".jpg", 'caption"'):
            assert personal not in text, personal


def test_a_running_service_has_the_devices(tmp_path, capsys):
    path = tmp_path / "s.sock"
    settings = tmp_path / "earsight.yaml"
    settings.write_text("triggers: {control_socket: s.sock}\n")
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(path))
        service.listen()
        assert cli.main(["board-report", "--config", str(settings), "--out", str(tmp_path)]) == cli.FAILED
    assert "sudo systemctl stop earsight" in one_line(capsys.readouterr().err)
    assert not list(tmp_path.glob("board-report*"))
