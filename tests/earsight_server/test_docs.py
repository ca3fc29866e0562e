"""docs/server.md: every command that it shows, run as it stands, and what its tables say."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from earsight.commands import serve
from earsight.config.schema import Config
from earsight_server.api import REASONS
from earsight_server.app import create_app
from earsight_server.local_engine import LocalEngine
from earsight_server.settings import MEGABYTE, Limits
from tests.earsight_server.conftest import tones
from tests.earsight_server.live import PATIENCE, served_app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
HERE = "http://127.0.0.1:8000"
CURL = [line for line in COMMANDS if line.startswith("curl ") and HERE in line]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = Config()
    engine = LocalEngine(config, Limits())
    app = create_app(config, engine=engine, speech=tones(config))
    with closing(engine), served_app(app, Limits()) as port:
        yield port


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("command", CURL)
def test_curl(command: str, port: int, tmp_path: Path, wall: bytes) -> None:
    (tmp_path / "photo.jpg").write_bytes(wall)
    done = subprocess.run(
        [
            "curl",
            "-sS",
            "--max-time",
            str(PATIENCE),
            *shlex.split(command.replace("127.0.0.1:8000", f"127.0.0.1:{port}"))[1:],
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=True,
    )
    if command.endswith("/metrics"):
        assert "earsight_requests_total" in done.stdout
    elif "said.wav" in command:
        assert (tmp_path / "said.wav").read_bytes().startswith(b"RIFF")
    else:
        answer = json.loads(done.stdout)
        assert {"said", "caption", "translation"} & answer.keys() or answer["error"].startswith(
            "the package"
        ), answer


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("script/serve")])
def test_serve(command: str) -> None:
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    parser.parse_args(shlex.split(command)[1:])


def test_all_commands_are_known() -> None:
    """The certificate and the server for others: test_serve.py. Ray: ray_serve."""
    rest = {line.split()[0] for line in COMMANDS if line not in CURL}
    assert rest == {"script/serve", "openssl", "curl"} | {"source", "pip", "export", "ray", "chmod", "serve"}


def test_the_tables_say_what_there_is() -> None:
    routes = set(re.findall(r"\| `(?:GET|POST) (/\S+)`", PAGE))
    app_routes = {"/v1/describe", "/v1/read", "/v1/find", "/v1/ask", "/v1/speak", "/healthz", "/metrics"}
    assert routes == app_routes
    statuses = {
        int(code)
        for codes in re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE)
        for code in codes.split(", ")
    }
    assert statuses == REASONS.keys() - {500}
    limits = Limits()
    for said in (
        f"{limits.picture_bytes // MEGABYTE} MB a photo",
        f"{limits.megapixels:g} megapixels",
        f"{limits.buffered_bytes // MEGABYTE} MB for all requests",
        f"{limits.headers:g} s for the head",
        f"{limits.body:g} s for all of it",
        f"{limits.writing:g} s for who takes no answer",
        f"{limits.waiting} photos may wait",
        f"{limits.connections:,} at a time",
        f"{limits.speech_characters:,} characters",
    ):
        assert said in PAGE
