"""`earsight scan`."""

import json

import pytest
from PIL import Image

from earsight import cli
from tests.earsight.words import english
from tests.printed_codes import code, placed


@pytest.fixture
def menu(tmp_path):
    path = tmp_path / "menu.png"
    Image.fromarray(placed(code("https://example.org/menu"))).save(path)
    return str(path)


def test_codes_and_none(menu, photos, capsys):
    plain = str(photos / "good.jpg")
    assert cli.main(["scan", menu, plain]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{menu}: QR code. Web address: example dot org slash menu.",
        f"{plain}: {english('scan.none')}",
    ]


def test_as_json(menu, photos, capsys):
    assert cli.main(["scan", "--json", menu, str(photos / "text.jpg")]) == 1
    row, failed = map(json.loads, capsys.readouterr().out.splitlines())
    (found,) = row["codes"]
    assert (found["kind"], found["text"]) == ("qr_code", "https://example.org/menu")
    assert len(found["box"]) == 4
    assert row["unread"] is False
    assert "not a photo" in failed["error"]
