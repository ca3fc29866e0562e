"""`earsight do` without a service; with one: test_run.py."""

import subprocess
import sys
from pathlib import Path

import pytest

import earsight
from earsight import cli
from earsight.actions import ACTIONS
from earsight.triggers import control_client
from tests.earsight.commands.process import one_line


def test_without_a_service(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(control_client, "INSTALLED", tmp_path / "installed.sock")
    assert cli.main(["do", "help"]) == 1
    assert "no service is running" in one_line(capsys.readouterr().err)


def test_where_the_settings_say(tmp_path, capsys):
    settings = tmp_path / "earsight.yaml"
    settings.write_text("triggers: {control_socket: own.sock}")
    assert cli.main(["do", "help", "--config", str(settings)]) == 1
    assert f"nobody listens on {tmp_path}/own.sock. " in one_line(capsys.readouterr().err)


def test_wrong_settings(tmp_path, capsys):
    settings = tmp_path / "earsight.yaml"
    settings.write_text("triggers: {control_socket: 3}")
    assert cli.main(["do", "help", "--config", str(settings)]) == cli.WRONG_USAGE
    assert "triggers.control_socket" in one_line(capsys.readouterr().err)


def test_an_unknown_action(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["do", "dance"])
    assert ended.value.code == cli.WRONG_USAGE
    said = capsys.readouterr().err
    assert all(name in said for name in ACTIONS)


def test_an_action_that_takes_no_argument(capsys):
    assert cli.main(["do", "help", "me"]) == 1
    assert one_line(capsys.readouterr().err) == "earsight: the action help takes no argument"


def test_the_help_explains_every_action_and_imports_nothing_heavy():
    code = (
        "import sys; from earsight import cli\n"
        "try: cli.main(['do', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('numpy', 'PIL', 'onnxruntime') if name in sys.modules])"
    )
    environment = {"PYTHONPATH": str(Path(earsight.__file__).parents[1]), "COLUMNS": "80"}
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    *help, heavy = ended.stdout.splitlines()
    assert heavy == "[]", ended.stderr
    for name, action in ACTIONS.items():
        assert f"  {name:<12}{action.usage}" in help
