"""What has to work on an emulated board: each check returns a line of what it found, or raises CheckError."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tests.arm.userland import Userland
from tests.arm.wheels import ROOT

_HERE = Path(__file__).parent
_CONFIDENCE = 0.005
"""Float arithmetic in another order moves a confidence by less than 0.0001."""
_ROUNDING = 1e-5
"""Of float32 scales around exact integers, relative."""


class CheckError(Exception):
    """What went wrong on the emulated board."""


def imports(board: Userland, processor: str, _: Sequence[Path]) -> str:
    code = "import earsight.cli, onnxruntime, platform\nprint(platform.machine(), onnxruntime.__version__)"
    machine, version = _on_board(board, processor, "-c", code).split()
    if machine != "aarch64":
        raise CheckError(f"not an Arm processor: {machine}")
    return f"ONNX Runtime {version}"


def verify(board: Userland, processor: str, _: Sequence[Path]) -> str:
    printed = _on_board(board, processor, "-m", "earsight", "model", "verify", "builtin")
    return printed.strip().rpartition(": ")[2]


def describe(board: Userland, processor: str, photos: Sequence[Path]) -> str:
    """That the command works; the words are compared by captions()."""
    printed = _on_board(board, processor, "-m", "earsight", "describe", "--json", photos[0])
    caption = json.loads(printed)["caption"]
    if not caption:
        raise CheckError(f"no words for {photos[0].name}")
    return "one photo described"


def captions(board: Userland, processor: str, photos: Sequence[Path]) -> str:
    arguments = [_HERE / "captions.py", "builtin", *photos]
    found, wanted = (
        [json.loads(line) for line in printed.splitlines()]
        for printed in (_on_board(board, processor, *arguments), _here(*arguments))
    )
    for photo, there, here in zip(photos, found, wanted, strict=True):
        if there["words"] != here["words"]:
            raise CheckError(f"{photo.name}: {there['words']!r}, here {here['words']!r}")
    apart = max(abs(a["confidence"] - b["confidence"]) for a, b in zip(found, wanted, strict=True))
    if apart > _CONFIDENCE:
        raise CheckError(f"confidences {apart:.4f} apart")
    return f"{len(photos)} photos, same words, confidence within {apart:.6f}"


def integers(board: Userland, processor: str, _: Sequence[Path]) -> str:
    """Products of uint8 and int8 are exact, for one row and for several, and as on this machine."""
    import onnx

    from tests.arm.integer_graph import integer_graph, pictures, worst_error

    error = steps = 0.0
    with tempfile.TemporaryDirectory() as folder:
        model, inputs, there, here = (
            Path(folder) / name for name in ("model.onnx", "in.npz", "there.npz", "here.npz")
        )
        onnx.save(integer_graph(), model)
        for rows in (1, 7, 40):
            np.savez(inputs, x=pictures(rows))
            _on_board(board, processor, _HERE / "products.py", model, inputs, there)
            _here(_HERE / "products.py", model, inputs, here)
            found, wanted = dict(np.load(there)), dict(np.load(here))
            error = max(error, worst_error(found))
            steps = max(steps, *(_apart(found[name], wanted[name]) for name in ("rows_q", "whole_q")))
    if error > _ROUNDING or steps > 1:
        raise CheckError(f"int8: relative error {error:.2g}, quantised inputs {steps:.0f} steps apart")
    return f"relative error {error:.1g}, quantised inputs at most {steps:.0f} steps apart"


CHECKS: dict[str, Callable[[Userland, str, Sequence[Path]], str]] = {
    "import": imports,
    "earsight model verify": verify,
    "earsight describe": describe,
    "captions": captions,
    "int8 products": integers,
}


def _apart(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(np.int16) - b.astype(np.int16)).max())


def _on_board(board: Userland, processor: str, *arguments: str | Path) -> str:
    return output(board.run(processor, *arguments))


def _here(*arguments: str | Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "daemon")}
    return output(
        subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True)
    )


def output(done: subprocess.CompletedProcess[str]) -> str:
    """What it printed. Raises CheckError, with the signal's name, when it failed."""
    if done.returncode:
        status = done.returncode
        why = signal.strsignal(-status) if status < 0 else f"status {status}"
        raise CheckError(f"{why}: {done.stderr.strip()[-1500:]}")
    return done.stdout
