"""A new camera is a module, a class of settings with its entry in the union, and an entry in the registry.

The daemon is copied, and a toy camera is added to the copy in these places only: docs/architecture.md names
them.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import earsight

DAEMON = Path(earsight.__file__).parent

MODULE = '''
import numpy as np


class ToySource:
    """Shows a chequered wall of 96 x 64 pixels in a shade of grey."""

    def __init__(self, shade: int) -> None:
        self._shade = shade

    def open(self) -> None:
        pass

    def read(self) -> np.ndarray:
        rows, columns = np.indices((64, 96))
        wall = np.where((rows // 8 + columns // 8) % 2, self._shade, self._shade // 4)
        return np.repeat(wall[..., None], 3, axis=2).astype(np.uint8)

    def close(self) -> None:
        pass
'''

SETTINGS = '''
class ToyCamera(CameraSection):
    """A toy."""

    source: Literal["toy"] = Field(description=_SOURCE)
    shade: int = Field(default=200, ge=100, le=255, description="Grey level of the wall.")


AnyCamera = Annotated[
    Annotated[ToyCamera, Tag("toy")]
    | '''

CHECK = """
import json, sys
from pathlib import Path
from earsight.config.loader import ConfigError, load_config
from earsight.doctor.vision import check_camera

def checked(path):
    try:
        finding = check_camera(load_config(Path(path)), Path("no-socket"))
    except ConfigError as error:
        return str(error)
    return f"{finding.status}: {finding.detail}"

print(json.dumps([checked(path) for path in sys.argv[1:]]))
"""


def insert(file: Path, before: str, text: str, *, instead: bool = False) -> None:
    content = file.read_text(encoding="utf-8")
    assert content.count(before) == 1
    file.write_text(content.replace(before, text if instead else text + before), encoding="utf-8")


def copy_of_the_daemon(folder: Path) -> Path:
    copy = folder / "earsight"
    shutil.copytree(DAEMON, copy, ignore=shutil.ignore_patterns("__pycache__", "builtin"))
    (copy / "bundles" / "builtin").symlink_to(DAEMON / "bundles" / "builtin")
    return copy


def add_the_toy(package: Path) -> None:
    (package / "cameras" / "toy.py").write_text(MODULE)
    insert(package / "config" / "camera.py", "AnyCamera = Annotated[\n    ", SETTINGS, instead=True)
    registry = package / "cameras" / "registry.py"
    insert(registry, "from earsight.cameras.v4l2", "from earsight.cameras.toy import ToySource\n")
    insert(registry, '    "auto": _auto,\n', '    "toy": lambda section: ToySource(section.shade),\n')


def test_a_toy_camera_is_looked_through(tmp_path):
    add_the_toy(copy_of_the_daemon(tmp_path))
    files = {
        "toy.yaml": "camera: {source: toy}",
        "turned.yaml": "camera: {source: toy, shade: 110, rotation: 90}",
        "wrong.yaml": "camera: {source: toy, shade: 300}",
        "unknown.yaml": "camera: {source: toys}",
        "other.yaml": "camera: {source: replay, shade: 110}",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    path = os.pathsep.join([str(tmp_path), str(DAEMON.parent)])
    ended = subprocess.run(
        [sys.executable, "-c", CHECK, *files],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    toy, turned, wrong, unknown, other = json.loads(ended.stdout)
    assert toy == "ok: gives pictures of 96 x 64 pixels"
    assert turned == "ok: gives pictures of 64 x 96 pixels"
    assert wrong == "wrong.yaml:1: camera.shade: got 300; expected a whole number from 100 to 255"
    assert unknown.startswith(
        'unknown.yaml:1: camera.source: got "toys"; expected one of toy, auto, picamera2'
    )
    assert other.startswith("other.yaml:1: camera.shade: unknown key; ")
