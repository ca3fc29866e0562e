"""The networks of rapidocr on pictures that were drawn: what is read, in which order, and what is not."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from earsight.readers.rapidocr import RapidReader
from earsight.readers.reader import ReaderError, proceed
from earsight.scene import AimingHint, Reading

pytest.importorskip("cv2", reason="text is read with OpenCV")
pytest.importorskip("rapidocr", reason="its networks read")

SIZE = (640, 480)


@pytest.fixture(scope="module")
def reader():
    """One for all tests: loading takes longer than reading."""
    return RapidReader(threads=1)


def drawn(*lines, size=SIZE, height=32):
    """A white picture with lines, each (x, y, text)."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for x, y, text in lines:
        draw.text((x, y), text, font=ImageFont.load_default(height), fill="black")
    return np.asarray(image)


SIGN = drawn((120, 120, "Emergency Exit"), (120, 170, "Pintu Darurat"), (120, 220, "Gate B12"))


def said(reading):
    return [line.text for line in reading.lines]


def test_a_sign(reader):
    reading = reader.read(SIGN)
    assert said(reading) == ["Emergency Exit", "Pintu Darurat", "Gate B12"]
    assert all(line.confidence > 0.8 for line in reading.lines)
    assert [line.language for line in reading.lines[:2]] == ["en", "id"]
    assert {line.block for line in reading.lines} == {0}
    assert reading.hints == frozenset()
    assert not reading.unreadable
    box = reading.lines[0].box
    assert (box.left, box.top) == pytest.approx((120 / 640, 120 / 480), abs=0.04)
    assert "det_small" in str(reader.placement)


def test_upside_down(reader):
    reading = reader.read(np.ascontiguousarray(SIGN[::-1, ::-1]))
    assert said(reading) == ["Emergency Exit", "Pintu Darurat", "Gate B12"]
    assert reading.hints == {AimingHint.UPSIDE_DOWN}
    assert reading.lines[0].box.top > 0.5


def test_sideways(reader):
    reading = reader.read(np.ascontiguousarray(np.rot90(SIGN)))
    assert said(reading) == ["Emergency Exit", "Pintu Darurat", "Gate B12"]
    assert AimingHint.UPSIDE_DOWN not in reading.hints


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.full((1, 3000, 3), 255, np.uint8),
        np.full((3000, 2, 3), 90, np.uint8),
        np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8),
        np.full((240, 320, 3), 128, np.uint8),
    ],
    ids=["one pixel", "a row", "a column", "noise", "grey"],
)
def test_a_picture_without_text_has_no_lines(reader, pixels):
    assert reader.read(pixels) == Reading()


def test_a_reading_ends_where_its_checkpoint_raises(reader):
    calls = iter([None, None, InterruptedError()])

    def checkpoint():
        if (problem := next(calls)) is not None:
            raise problem

    with pytest.raises(InterruptedError):
        reader.read(SIGN, checkpoint)


def test_without_time_the_first_lines_are_read_and_then_the_others(reader):
    """On a slow board, finding the lines may take all of the time."""
    page = drawn(*((40, 20 + 55 * number, f"Room {number}") for number in range(8)))
    parts = [reader.read(page, patience=0.0)]
    while (rest := parts[-1].rest) is not None:
        parts.append(rest(proceed, 0.0))
    assert [len(part.lines) for part in parts] == [2, 2, 2, 2]
    assert [line.text for part in parts for line in part.lines] == [f"Room {number}" for number in range(8)]


def test_what_was_let_go_is_loaded_again():
    reader = RapidReader(threads=1, keep_loaded=0.0)
    assert reader.placement.parts == {}
    assert reader.read(SIGN).lines
    assert len(reader.placement.parts) == 2
    reader.let_go()
    assert reader.placement.parts == {}


def test_what_is_still_used_is_kept(reader):
    reader.read(SIGN)
    reader.let_go()
    assert len(reader.placement.parts) == 2


def test_damaged_networks_are_an_error_that_says_what_to_do(tmp_path, monkeypatch):
    package = tmp_path / "rapidocr" / "models"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "PP-OCRv6_det_small.onnx").write_bytes(b"damaged")
    monkeypatch.setattr("earsight.readers.rapidocr.find_spec", lambda _: Spec(package.parent))
    with pytest.raises(ReaderError, match=r"rapidocr: .*install it again: pip install"):
        RapidReader(threads=1).read(SIGN)


class Spec:
    """What importlib says of a package."""

    def __init__(self, folder):
        self.submodule_search_locations = [str(folder)]
