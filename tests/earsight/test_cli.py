"""The command line: exit statuses, and help everywhere."""

import pytest

from earsight import cli


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["describe"],
        ["describe", "--bundle", "builtin", "--model", "gpt2", "photo.jpg"],
        ["press", "twice"],
        ["press", "touch"],
        ["config"],
        ["model", "info"],
        ["run", "--replay"],
        ["run", "--bogus"],
    ],
)
def test_wrong_usage(words, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert "usage: earsight" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [[], *([name] for name in cli.COMMANDS), ["config", "check"], ["model", "info"]]
)
def test_help_everywhere(words, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "--help"])
    assert ended.value.code == 0
    assert "usage: earsight" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("earsight ")
