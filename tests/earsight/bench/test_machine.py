"""What is said of the machine."""

import platform

import numpy as np

from earsight.bench.machine import available_memory, machine, most_resident, resident


def test_the_machine_is_named(tmp_path):
    there = machine(tmp_path / "missing")
    assert there["processor"]
    assert there["architecture"] == platform.machine()
    assert there["cores"] >= 1
    assert 0 < available_memory() < (there["memory_gb"] + 0.1) * 2**30


def test_a_board_says_its_own_name(tmp_path):
    (tmp_path / "model").write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    assert machine(tmp_path / "model")["processor"] == "Raspberry Pi 5 Model B Rev 1.0"


def test_resident_memory_is_this_process():
    before = resident()
    block = np.ones(64 * 10**6, np.uint8)
    assert 60 < resident() - before < 70
    del block
    assert most_resident() >= resident()
    assert most_resident() > before + 60
