"""`earsight press` without a service; with one: test_run.py."""

from earsight import cli
from earsight.triggers import control_client
from tests.earsight.commands.process import one_line


def test_press_without_a_service(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(control_client, "INSTALLED", tmp_path / "installed.sock")
    assert cli.main(["press", "long"]) == 1
    told = one_line(capsys.readouterr().err)
    assert f"nobody listens on {tmp_path}/control.sock or {tmp_path}/installed.sock" in told


def test_press_where_the_settings_say(tmp_path, capsys):
    settings = tmp_path / "earsight.yaml"
    settings.write_text("triggers: {control_socket: own.sock}")
    assert cli.main(["press", "--config", str(settings), "--button", "second_button"]) == 1
    assert f"nobody listens on {tmp_path}/own.sock. " in one_line(capsys.readouterr().err)
