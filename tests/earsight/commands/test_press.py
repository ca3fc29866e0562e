"""`earsight press` without a service; with one: test_run.py."""

from earsight import cli
from earsight.commands import press as press_command
from tests.earsight.commands.process import one_line


def test_press_without_a_service(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(press_command, "INSTALLED", tmp_path / "installed.sock")
    assert cli.main(["press", "long"]) == 1
    assert "no service is running" in one_line(capsys.readouterr().err)
