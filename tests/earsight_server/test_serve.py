"""`earsight serve`: its examples, and what it says when it can't start."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from earsight.commands.serve import EXAMPLES
from tests.earsight.commands.process import environment, one_line

PATIENCE = 60


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[str]:
    """What it prints until it is ready; it then has to end at a signal, without a complaint."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    home = {"XDG_STATE_HOME": str(folder / "state")}
    child = subprocess.Popen(
        [sys.executable, "-m", "earsight", "serve", *words, "--port", port],
        cwd=folder,
        env=environment(folder, **home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    printed = ""
    try:
        while "ready: " not in printed:
            line = child.stdout.readline()
            assert line, printed + child.stderr.read()
            printed += line
        yield printed
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) in (0, -signal.SIGTERM)
        assert child.stderr.read() == ""
    finally:
        child.kill()
        child.communicate()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """For camera.local, signed by itself."""
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=camera.local "
        "-addext subjectAltName=DNS:camera.local,IP:127.0.0.1 -keyout key.pem -out cert.pem".split(),
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return tmp_path / "cert.pem"


def test_the_examples_serve(tmp_path: Path, certificate: Path) -> None:
    plain, with_settings, outside = (example.split() for example in EXAMPLES)
    assert plain == []
    (tmp_path / "earsight.yaml").write_text("voice: {rate: 300}\n")
    assert with_settings[-2:] == ["--port", "8080"]
    with serving(tmp_path, *with_settings[:-2]) as printed:
        address = re.findall(r"ready: (http://127.0.0.1:\d+/)", printed)[0]
        assert httpx2.get(f"{address}healthz").json() == {"status": "ok"}
    with serving(tmp_path, *outside) as printed:
        token = re.findall(r"shown only now: (\S+)", printed)[0]
        port = re.findall(r"ready: https://0.0.0.0:(\d+)/", printed)[0]
        with httpx2.Client(base_url=f"https://127.0.0.1:{port}", verify=_trusting(certificate)) as client:
            assert client.get("/metrics").status_code == 401
            assert client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200
            assert client.get("/healthz", headers={"Host": "camera.local"}).status_code == 200
            assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 421


def _trusting(certificate: Path) -> object:
    import ssl

    return ssl.create_default_context(cafile=str(certificate))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--tls-cert", "cert.pem"], "--tls-cert and --tls-key are needed together"),
        (["--tls-cert", "none.pem", "--tls-key", "none.pem"], "no certificate and key for TLS"),
        (["--host", "203.0.113.7"], "can't listen at 203.0.113.7"),
        (["--config", "none.yaml"], "there is no such file"),
    ],
)
def test_what_it_says_when_it_cant_start(
    words: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from earsight.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert main(["serve", *words]) in (1, 2)
    assert complaint in one_line(capsys.readouterr().err)
