"""On emulated boards, where script/arm has made them (or EARSIGHT_ARM=1 asks for it), and their wheels."""

from __future__ import annotations

import itertools
import os

import pytest

from earsight.cameras.replay import demo_photos
from tests.arm import checks, wheels
from tests.arm.checks import CheckError, captions, describe, imports, integers
from tests.arm.userland import PROCESSORS, SUITES, Userland, UserlandError, default_work, emulator

# Emulation is slow: in the ordinary run each Python and each processor comes up once.
USUAL = set(zip(SUITES, PROCESSORS, strict=True))
PAIRS = [
    pytest.param(pair, id="-".join(pair), marks=() if pair in USUAL else pytest.mark.heavy)
    for pair in itertools.product(SUITES, PROCESSORS)
]


def built(python: str) -> Userland:
    """Skips, with what to do, where there is no emulated board."""
    try:
        emulator()
    except UserlandError as error:
        pytest.skip(str(error))
    found = Userland(default_work(), python)
    if os.environ.get("EARSIGHT_ARM") == "1":
        found.build(wheels.requirements(wheels.project_metadata(), found.python))
    if not found.is_built():
        pytest.skip(f"no emulated board with Python {found.python}: run script/arm (or set EARSIGHT_ARM=1)")
    return found


@pytest.mark.parametrize("pair", PAIRS)
def test_imports_loads_and_captions_as_here(pair: tuple[str, str]) -> None:
    pytest.importorskip("skimage", reason="its demo photos are captioned")
    python, processor = pair
    board, photos = built(python), demo_photos()[:1]
    assert imports(board, processor, photos)
    assert "same words" in captions(board, processor, photos)


def test_the_command_describes() -> None:
    pytest.importorskip("skimage", reason="its demo photos are captioned")
    assert describe(built("3.11"), "cortex-a72", demo_photos()[-1:])


@pytest.mark.parametrize("pair", PAIRS)
def test_int8_products_are_exact(pair: tuple[str, str]) -> None:
    pytest.importorskip("onnx", reason="it makes the graph")
    python, processor = pair
    assert integers(built(python), processor, [])


def test_an_instruction_that_the_processor_lacks_is_told() -> None:
    """Atomic additions came after the Cortex-A72: wheels that die on a Raspberry Pi 4 are built with them."""
    code = (
        "import ctypes, mmap\n"
        "page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        "page.write(0xB8E10000.to_bytes(4, 'little'))  # ldaddal w1, w0, [x0]\n"
        "page.write(0xD65F03C0.to_bytes(4, 'little'))  # ret\n"
        "address = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        "code = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(address)\n"
        "code(ctypes.addressof(ctypes.c_int()))\n"
    )
    board = built("3.11")
    assert board.run("cortex-a76", "-c", code).returncode == 0
    done = board.run("cortex-a72", "-c", code)
    with pytest.raises(CheckError, match="Illegal instruction"):
        checks.output(done)


@pytest.fixture(scope="module")
def metadata() -> dict:
    try:
        return wheels.project_metadata()
    except wheels.NoIndexError as error:
        pytest.skip(f"the package index can't be asked: {error}")


@pytest.mark.parametrize("python", wheels.PYTHONS)
def test_everything_for_a_board_has_a_wheel(metadata: dict, python: str) -> None:
    extras = "", *wheels.board_extras(metadata)
    needed = {line for extra in extras for line in wheels.requirements(metadata, python, extra)}
    found = {line.split()[0] for line in resolved(sorted(needed), python)}
    assert {"numpy", "onnxruntime", "pillow", "pydantic_core"} <= found


def test_what_has_no_wheel_is_named(metadata: dict) -> None:
    assert metadata
    with pytest.raises(wheels.WheelsError, match=r"no wheel: numpy==0\.0\.1"):
        resolved(["numpy==0.0.1"], "3.11")


def resolved(needed: list[str], python: str) -> list[str]:
    try:
        return wheels.resolve(needed, python)
    except wheels.NoIndexError as error:
        pytest.skip(f"the package index can't be asked: {error}")


def test_requirements_are_those_of_the_board_and_not_of_this_machine() -> None:
    needs = [
        "numpy>=1.26",
        "old>=1; python_version < '3.13'",
        "arm>=1; platform_machine == 'aarch64'",
        "intel>=1; platform_machine == 'x86_64'",
        "lgpio>=0.2; platform_system == 'Linux' and extra == 'gpio'",
    ]
    metadata = {"requires_dist": needs, "provides_extra": ["gpio", "test", "train"]}
    assert wheels.requirements(metadata, "3.11") == ["numpy>=1.26", "old>=1", "arm>=1"]
    assert wheels.requirements(metadata, "3.13", "gpio") == ["numpy>=1.26", "arm>=1", "lgpio>=0.2"]
    assert wheels.board_extras(metadata) == ["gpio"]
