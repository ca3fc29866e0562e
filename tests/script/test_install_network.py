"""Which machine script/install opens the sandbox to."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

FILES = (Path(__file__).resolve().parents[2] / "script/install-files").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        (
            "captioner: {engine: openai, remote: {url: http://192.168.1.20:11434/v1, model: x}}",
            "192.168.1.20",
        ),
        ("captioner:\n  engine: 'server'\n  remote:\n    url: \"https://10.0.0.1\"\n", "10.0.0.1"),
        ("captioner: {engine: server, remote: {url: 'http://[fd00::1]:8000/x'}}", "fd00::1"),
        ("captioner: {engine: server, remote: {url: https://gpu.example/}}", "any"),
        ("captioner: {engine: openai}", "any"),
        ("captioner: {engine: onnx}\nvoice: {engine: espeak}", ""),
        ("# engine: server\ncaptioner: {engine: onnx}", ""),
        (None, ""),
    ],
)
def test_the_other_machine(tmp_path: Path, settings: str | None, host: str) -> None:
    file = tmp_path / "earsight.yaml"
    if settings is not None:
        file.write_text(settings, encoding="utf-8")
    (function,) = re.findall(r"(?ms)^other_machine\(\) \{.*?^\}", FILES)
    program = f"set -euo pipefail\nconfig=$1\n{function}\nother_machine"
    done = subprocess.run(["bash", "-c", program, "bash", file], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == host
