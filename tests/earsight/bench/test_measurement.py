"""The child process, and its deaths."""

import signal
import sys

import pytest

from earsight.bench.measurement import BenchError, Order, measure

ORDER = Order("some-bundle", "photo.jpg")


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
        measure(ORDER)


def test_ended_by_a_signal_without_a_name(child):
    child(f"kill -{signal.SIGRTMIN + 2} $$")
    with pytest.raises(BenchError, match="some-bundle: measuring it was ended by signal"):
        measure(ORDER)


def test_failed(child, capfd):
    child("echo half of {; echo trouble >&2; exit 3")
    with pytest.raises(BenchError, match="some-bundle: measuring it failed with status 3"):
        measure(ORDER)
    assert capfd.readouterr().err == "trouble\n"


def test_an_error_of_the_child_is_the_callers(child):
    child("""echo '{"error": "x: damaged"}'""")
    with pytest.raises(BenchError, match=r"^x: damaged$"):
        measure(ORDER)


def test_figures_are_handed_on(child):
    child("""echo '{"beams": 5}'""")
    assert measure(ORDER) == {"beams": 5}
