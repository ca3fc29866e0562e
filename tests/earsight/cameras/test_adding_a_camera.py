"""A new camera is a module, a class of settings with its entry in the union, and an entry in the registry.

The daemon is copied, and a toy camera is added to the copy in these places only: docs/architecture.md names
them.
"""

import json

import pytest

from tests.earsight.package_copy import PackageCopy

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


@pytest.fixture
def package(tmp_path):
    package = PackageCopy(tmp_path)
    package.add("cameras/toy.py", MODULE)
    package.replace("config/camera.py", "AnyCamera = Annotated[\n    ", SETTINGS)
    package.insert(
        "cameras/registry.py", "from earsight.cameras.v4l2", "from earsight.cameras.toy import ToySource\n"
    )
    package.insert(
        "cameras/registry.py",
        '    "auto": _auto,\n',
        '    "toy": lambda section: ToySource(section.shade),\n',
    )
    return package


def test_a_toy_camera_is_looked_through(package, tmp_path):
    files = {
        "toy.yaml": "camera: {source: toy}",
        "turned.yaml": "camera: {source: toy, shade: 110, rotation: 90}",
        "wrong.yaml": "camera: {source: toy, shade: 300}",
        "unknown.yaml": "camera: {source: toys}",
        "other.yaml": "camera: {source: replay, shade: 110}",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    toy, turned, wrong, unknown, other = json.loads(package.run("-c", CHECK, *files))
    assert toy == "ok: gives pictures of 96 x 64 pixels"
    assert turned == "ok: gives pictures of 64 x 96 pixels"
    assert wrong == "wrong.yaml:1: camera.shade: got 300; expected a whole number from 100 to 255"
    assert unknown.startswith(
        'unknown.yaml:1: camera.source: got "toys"; expected one of toy, auto, picamera2'
    )
    assert other.startswith("other.yaml:1: camera.shade: unknown key; ")


def test_it_touches_what_the_architecture_says(package):
    assert package.touched == {"cameras/toy.py", "cameras/registry.py", "config/camera.py"}
