"""`earsight config`."""

import json

from earsight import cli
from tests.earsight.commands.process import (
    one_line,
)


def test_config_check(quick, tmp_path, capsys):
    assert cli.main(["config", "check", str(quick)]) == 0
    assert one_line(capsys.readouterr().out) == f"{quick}: right"
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


def test_config_schema_is_json(capsys):
    assert cli.main(["config", "schema"]) == 0
    assert "camera" in json.loads(capsys.readouterr().out)["properties"]
