"""The examples that the help of each command shows, run as they stand."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from earsight import cli
from tests.earsight.commands.process import SPEECH, ServiceProcess, earsight

ASK_THE_SERVICE = {"press", "do"}
ASKS_THE_SERVICE = 'ask "is there a door"'
"""Without a photo."""
MAY_FIND_FAULTS = ("doctor", "config check --devices")
SERVES = "run --config earsight.yaml"
SERVER = "serve"
"""Its examples, which don't end either: tests/earsight_server/test_serve.py."""


EXAMPLES = {
    name: [
        f"{name} {words}".strip()
        for words in import_module(f"earsight.commands.{name.replace('-', '_')}").EXAMPLES
    ]
    for name in cli.COMMANDS
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, photos: Path) -> Iterator[ServiceProcess]:
    running = ServiceProcess(tmp_path_factory.mktemp("service"), photos / "good.jpg")
    yield running.ready()
    running.close()


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_help_shows_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    shown = capsys.readouterr().out.splitlines()
    assert EXAMPLES[command]
    for example in EXAMPLES[command]:
        assert f"  earsight {example}" in shown


@SPEECH
@pytest.mark.parametrize(
    "example", [example for command, found in EXAMPLES.items() if command != SERVER for example in found]
)
def test_example(example: str, tmp_path: Path, photos: Path, request: pytest.FixtureRequest) -> None:
    words = shlex.split(example)
    folder = tmp_path
    if words[0] in ASK_THE_SERVICE or example == ASKS_THE_SERVICE:
        folder = request.getfixturevalue("service").folder
    shutil.copy(photos / "good.jpg", folder / "photo.jpg")
    (folder / "earsight.yaml").write_text(
        "camera: {max_age: 10}\nvoice: {player: wav, wav_file: said.wav, rate: 450}\n"
    )
    if example == SERVES:
        return
    ended = earsight(*words, tmp_path=folder)
    if not example.startswith(MAY_FIND_FAULTS):
        assert ended.returncode == 0, ended.stderr.decode()
    assert ended.returncode in (0, cli.FAILED)
    assert b"Traceback" not in ended.stderr


@SPEECH
def test_the_example_that_serves(tmp_path: Path, photos: Path) -> None:
    """As test_example, but it has to be asked to end."""
    assert SERVES in EXAMPLES["run"]
    running = ServiceProcess(tmp_path, photos / "good.jpg")
    try:
        running.ready().end(signal.SIGTERM)
        assert running.process.returncode == os.EX_OK
    finally:
        running.close()
