"""Photos of every kind, a quick configuration, and a damaged bundle."""

import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from earsight.bundles.bundle import bundle_folder
from tests.earsight.commands.process import QUICK
from tests.earsight.stand_ins import painted


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """One photo of each kind, and what is none."""
    folder = tmp_path_factory.mktemp("photos")
    red = Image.fromarray(painted("red"))
    red.save(folder / "good.jpg")
    red.convert("L").save(folder / "grey.png")
    red.convert("CMYK").save(folder / "cmyk.jpg")
    red.convert("RGBA").save(folder / "transparent.png")
    Image.fromarray(np.full((40, 50), 40_000, np.uint16)).save(folder / "deep.png")
    sideways = Image.Exif()
    sideways[0x0112] = 6
    red.save(folder / "sideways.jpg", exif=sideways)
    red.resize((1, 1)).save(folder / "dot.png")
    (folder / "empty.jpg").touch()
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)))
    (folder / "truncated.png").write_bytes((folder / "grey.png").read_bytes()[:90])
    (folder / "text.jpg").write_text("This is not a photo.\n")
    (folder / "folder.jpg").mkdir()
    (folder / "large.png").write_bytes(png_header(10_000, 10_000))
    return folder


def png_header(width, height):
    """The beginning of a PNG that says it is this large: none of its pixels is needed to refuse it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(bytes(99)))


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.fixture
def quick(tmp_path):
    path = tmp_path / "quick.yaml"
    path.write_text(QUICK)
    return path


@pytest.fixture
def damaged(tmp_path):
    folder = Path(shutil.copytree(bundle_folder("builtin"), tmp_path / "bundle"))
    graph = folder / "encoder.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"?")
    return folder
