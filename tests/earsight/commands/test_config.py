"""`earsight config`."""

import json

import pytest

from earsight import cli
from tests.earsight.commands.process import SPEECH, one_line


def test_config_check(quick, tmp_path, capsys):
    assert cli.main(["config", "check", str(quick)]) == 0
    right, not_looked_at = capsys.readouterr().out.splitlines()
    assert right == f"{quick}: right"
    assert "camera" in not_looked_at
    assert "--devices" in not_looked_at
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("camera: {source: periscope}\nvoice: {volume: 11}\nspeed: 3\n")
    assert cli.main(["config", "check", str(wrong)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.splitlines()
    assert len(lines) == 3
    assert "camera.source" in lines[0]
    assert "periscope" in lines[0]
    assert cli.main(["config", "check", str(tmp_path / "none.yaml")]) == 2
    assert "no such file" in one_line(capsys.readouterr().err)


NAMED = {
    "camera: {source: replay, replay: gone}": "camera.replay",
    "camera: {source: replay, replay: empty}": "camera.replay",
    "camera: {replay: gone.mp4}": "camera.replay",
    "camera: {replay: no-photo.jpg}": "camera.replay",
    "captioner: {bundle: gone}": "captioner.bundle",
    "captioner: {bundle: empty}": "captioner.bundle",
    "captioner: {bundle: no-photo.jpg}": "captioner.bundle",
    "captioner: {engine: huggingface, model: ./gone}": "captioner.model",
    "objects: {bundle: gone}": "objects.bundle",
    "voice: {piper_model: gone.onnx}": "voice.piper_model",
    "voice: {engine: piper, piper_model: {en: no-photo.jpg}}": "voice.piper_model",
    "voice: {player: wav, wav_file: gone/said.wav}": "voice.wav_file",
    "microphone: {source: wav, wav_file: gone.wav}": "microphone.wav_file",
    "microphone: {source: wav, wav_file: empty}": "microphone.wav_file",
    "voice: {player: wav, wav_file: empty}": "voice.wav_file",
    "triggers: {control_socket: LONG/earsight.sock}": "triggers.control_socket",
    "triggers: {control_socket: gone/further/earsight.sock}": "triggers.control_socket",
    "triggers: {control_socket: empty}": "triggers.control_socket",
}


@pytest.mark.parametrize("settings", NAMED)
def test_what_is_named_and_cannot_work_is_not_right(tmp_path, capsys, settings):
    (tmp_path / "empty").mkdir()
    (tmp_path / "no-photo.jpg").write_text("no photo")
    file = tmp_path / "earsight.yaml"
    file.write_text("language: en\n" + settings.replace("LONG", "x" * 120))
    assert cli.main(["config", "check", str(file)]) == cli.WRONG_USAGE
    printed = capsys.readouterr()
    assert "right" not in printed.out
    told = one_line(printed.err)
    assert told.startswith(f"{file}:2: {NAMED[settings]}: ")
    assert told.count(NAMED[settings]) == 1


def test_all_that_can_not_work_is_told_at_once(tmp_path, capsys):
    file = tmp_path / "earsight.yaml"
    file.write_text("camera: {replay: gone}\ncaptioner: {bundle: gone}\n")
    assert cli.main(["config", "check", str(file)]) == cli.WRONG_USAGE
    assert len(capsys.readouterr().err.splitlines()) == 2


@SPEECH
def test_devices_are_looked_at_where_that_is_asked_for(photos, tmp_path, capsys):
    file = tmp_path / "earsight.yaml"
    shared = "voice: {player: wav, wav_file: said.wav}\ntriggers: {keyboard: false, control_socket: s.sock}\n"
    file.write_text(f"camera: {{source: replay, replay: {photos / 'good.jpg'}}}\n{shared}")
    assert cli.main(["config", "check", "--devices", str(file)]) == 0
    right, *findings = capsys.readouterr().out.splitlines()
    assert right == f"{file}: right"
    assert {"camera:", "sound:", "voice:", "model:"} <= {line.split()[1] for line in findings}
    file.write_text(f"camera: {{source: opencv, device: /dev/video63}}\n{shared}")
    assert cli.main(["config", "check", str(file)]) == 0
    assert cli.main(["config", "check", "--devices", str(file)]) == cli.FAILED
    assert "failure  camera: " in capsys.readouterr().out


def test_config_schema_is_json(capsys):
    assert cli.main(["config", "schema"]) == 0
    assert "camera" in json.loads(capsys.readouterr().out)["properties"]
