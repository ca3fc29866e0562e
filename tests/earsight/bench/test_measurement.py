"""The child process, and its deaths."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from earsight.bench.measurement import BenchError, BenchSettings, measure
from tests.earsight.stand_ins import painted

SETTINGS = BenchSettings("some-bundle", "photo.jpg")


@pytest.fixture
def child(monkeypatch, tmp_path):
    """Has something else run in place of Python."""

    def replaced(script):
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))

    return replaced


def test_killed(child):
    child("kill -KILL $$")
    with pytest.raises(BenchError, match=r"some-bundle: measuring it was ended by SIGKILL.*memory"):
        measure(SETTINGS)


def test_ended_by_a_signal_without_a_name(child):
    child(f"kill -{signal.SIGRTMIN + 2} $$")
    with pytest.raises(BenchError, match="some-bundle: measuring it was ended by signal"):
        measure(SETTINGS)


def test_failed(child, capfd):
    child("echo half of {; echo trouble >&2; exit 3")
    with pytest.raises(BenchError, match="some-bundle: measuring it failed with status 3"):
        measure(SETTINGS)
    assert capfd.readouterr().err == "trouble\n"


def test_an_error_of_the_child_is_the_callers(child):
    child("""echo '{"error": "x: damaged"}'""")
    with pytest.raises(BenchError, match=r"^x: damaged$"):
        measure(SETTINGS)


def test_figures_are_handed_on(child):
    child("""echo '{"beams": 5}'""")
    assert measure(SETTINGS) == {"beams": 5}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_goes_on_when_the_caller_has_ended(number, tmp_path):
    Image.fromarray(painted("red")).save(tmp_path / "red.jpg")
    words = ["bench", "--photo", str(tmp_path / "red.jpg"), "--captions", "100000"]
    caller = subprocess.Popen(
        [sys.executable, "-m", "earsight", *words], start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        child = until(lambda: measuring(caller.pid))
        os.killpg(caller.pid, number) if number == signal.SIGINT else caller.kill()
        assert caller.wait(90) == (130 if number == signal.SIGINT else -signal.SIGKILL)
        assert until(lambda: not Path(f"/proc/{child}").exists() or state(child) == "Z")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(caller.pid, signal.SIGKILL)


def until(found):
    """What is found, within some time."""
    end = time.monotonic() + 30
    while not (result := found()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return result


def measuring(caller):
    """The child, once it is loading ONNX Runtime."""
    for child in Path(f"/proc/{caller}/task/{caller}/children").read_text().split():
        if "onnxruntime" in Path(f"/proc/{child}/maps").read_text():
            return int(child)
    return None


def state(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"
