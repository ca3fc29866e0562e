"""Codes in pictures."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from earsight.readers.codes import CodesMissingError, CodesSeen, read_codes
from earsight.scene import CodeKind
from tests.printed_codes import EAN, code, placed

FORMATS = zxingcpp.BarcodeFormat


@pytest.mark.parametrize(
    ("made", "text", "kind"),
    [
        (FORMATS.QRCode, "https://example.org/menu", CodeKind.QR_CODE),
        (EAN, "4006381333931", CodeKind.PRODUCT),
        (FORMATS.EAN8, "96385074", CodeKind.PRODUCT),
        (FORMATS.Code128, "ABC-123", CodeKind.BARCODE),
        (FORMATS.DataMatrix, "some text", CodeKind.OTHER),
    ],
)
def test_kinds(made, text, kind):
    seen = read_codes(placed(code(text, made, 3)))
    assert [(each.kind, each.text) for each in seen.codes] == [(kind, text)]
    assert not seen.unread


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_codes_that_are_turned(turns):
    turned = np.rot90(placed(code("turned")), turns)
    assert [each.text for each in read_codes(turned).codes] == ["turned"]


def test_codes_from_left_to_right_with_their_places():
    seen = read_codes(placed(code("one"), code("4006381333931", EAN, 2)))
    assert [each.text for each in seen.codes] == ["one", "4006381333931"]
    one, other = (each.box for each in seen.codes)
    assert 20 / 640 < one.left < one.right < other.left < other.right < 1
    assert 40 / 480 < one.top < one.bottom < 0.6


def test_a_code_that_is_damaged_is_not_passed_over():
    made = code("x" * 60, scale=6)
    made[100:170, 100:170] = 255
    assert read_codes(placed(made)) == CodesSeen((), unread=True)


def test_no_code():
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    assert read_codes(noise) == CodesSeen(())
    assert read_codes(placed(code("cut off")[:, 30:], left=0)).codes == ()


@pytest.mark.parametrize("text", ["x" * 2900, "\x00\x1b[2J\u202eevil\u200b", "你好 مرحبا"])
def test_any_content_is_given_as_it_is(text):
    seen = read_codes(placed(code(text, scale=3), width=900, height=900))
    assert [each.text for each in seen.codes] == [text]


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(CodesMissingError, match="pip install"):
        read_codes(placed())


@given(arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3))))
def test_any_picture(pixels):
    assert read_codes(pixels).codes == ()
