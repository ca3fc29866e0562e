"""`earsight read`."""

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from earsight import cli
from earsight.readers import registry
from tests.earsight.commands.process import one_line

pytest.importorskip("cv2", reason="text is read with OpenCV")
pytest.importorskip("rapidocr", reason="its networks read")

KEYS = ["image", "said", "problem", "lines", "hints", "unreadable", "cut_short"]


@pytest.fixture
def sign(tmp_path):
    image = Image.new("RGB", (480, 320), "white")
    ImageDraw.Draw(image).text((100, 120), "Emergency Exit", font=ImageFont.load_default(36), fill="black")
    image.save(tmp_path / "sign.png")
    return tmp_path / "sign.png"


@pytest.fixture
def dark(tmp_path):
    Image.fromarray(np.full((120, 160, 3), 5, np.uint8)).save(tmp_path / "dark.png")
    return tmp_path / "dark.png"


def test_what_is_said(sign, capsys):
    assert cli.main(["read", str(sign)]) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (f"{sign}: Emergency Exit.\n", "")


def test_as_json(sign, dark, tmp_path, capsys):
    missing = tmp_path / "missing.png"
    assert cli.main(["read", "--json", str(sign), str(missing), str(dark)]) == 1
    row, absent, black = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert list(row) == list(black) == KEYS
    (line,) = row["lines"]
    assert (line["text"], line["language"], line["block"]) == ("Emergency Exit", "en", 0)
    assert line["confidence"] > 0.8
    assert line["box"][:2] == pytest.approx([100 / 480, 130 / 320], abs=0.05)
    assert (row["said"], row["problem"], row["hints"]) == ("Emergency Exit.", None, [])
    assert list(absent) == ["image", "error"]
    assert (black["problem"], black["lines"]) == ("dark", [])


def test_a_missing_package_is_an_error_that_says_what_to_do(sign, monkeypatch, capsys):
    monkeypatch.setattr(registry, "find_spec", lambda _: None)
    assert cli.main(["read", str(sign)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "pip install rapidocr" in one_line(printed.err)
