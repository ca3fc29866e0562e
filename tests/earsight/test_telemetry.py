"""Nothing is told to anybody: ONNX Runtime's telemetry is off before it is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_onnx_runtime_keeps_no_number_of_the_device(tmp_path: Path) -> None:
    # What turns telemetry off by itself, in CI and tests, must not hide that we don't.
    hiding = ("CI", "ORT_", "GITHUB_", "TF_BUILD", "JENKINS_", "BUILD_", "PYTEST_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(hiding)}
    code = "from earsight.captioners.onnx import OnnxCaptioner"
    subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        timeout=120,
    )
    assert list(tmp_path.rglob("*")) == []
