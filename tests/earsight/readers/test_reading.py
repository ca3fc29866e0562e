"""What of a page is passed on: confidence, other scripts, boxes, hints."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("cv2", reason="text is read with OpenCV")

from earsight.readers.page import Piece
from earsight.readers.reading import reading_of
from earsight.readers.text_recognition import Alphabet, Recognised
from earsight.scene import AimingHint
from tests.earsight.readers.pages import page, piece, region

SIGN = piece("Emergency Exit", 200, 200)


def said(reading):
    return [line.text for line in reading.lines]


def test_a_likely_line_is_passed_on_with_its_place():
    reading = reading_of(page(SIGN))
    assert said(reading) == ["Emergency Exit"]
    assert reading.lines[0].confidence > 0.8
    box = reading.lines[0].box
    assert (box.left, box.bottom) == pytest.approx((197 / 640, 223 / 480), abs=0.002)


def test_a_letter_that_fills_the_picture_is_a_pattern():
    assert reading_of(page(piece("S", 100, 60, 360, chance=0.7))).lines == ()


def test_signs_without_a_letter_are_left_out():
    assert reading_of(page(piece("---", 200, 200))).lines == ()


def chinese(chance):
    text = "出口在左"
    return Piece(region(100, 100, 160, 40), Recognised(text, np.full(4, chance, np.float32), chance, 1.0))


@pytest.mark.parametrize(("chance", "unreadable"), [(0.95, True), (0.3, False)])
def test_another_script_is_told_and_not_read(chance, unreadable):
    reading = reading_of(page(chinese(chance), SIGN))
    assert said(reading) == ["Emergency Exit"]
    assert reading.unreadable is unreadable


@pytest.mark.parametrize(("height", "unreadable"), [(40, True), (8, False), (200, False)])
def test_what_is_surely_text_and_no_known_letters_is_another_script(height, unreadable):
    arabic = piece("3r2 I6S,", 100, 100, height, chance=0.3)
    assert reading_of(page(arabic)).unreadable is unreadable


@pytest.mark.parametrize("quarters", range(4))
def test_boxes_are_those_of_the_picture_before_it_was_turned(quarters):
    size = (480, 640) if quarters % 2 == 0 else (640, 480)
    turned = replace(SIGN, region=SIGN.region.turned(quarters, 480, 640))
    box = reading_of(page(turned, height=size[0], width=size[1], quarters=quarters)).lines[0].box
    upright = reading_of(page(SIGN)).lines[0].box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx(
        (upright.left, upright.top, upright.right, upright.bottom), abs=0.01
    )


@pytest.mark.parametrize(
    ("x", "y", "hint"),
    [
        (0, 200, AimingHint.CUT_OFF_LEFT),
        (500, 200, AimingHint.CUT_OFF_RIGHT),
        (200, 0, AimingHint.CUT_OFF_TOP),
        (200, 460, AimingHint.CUT_OFF_BOTTOM),
    ],
)
def test_a_line_at_the_edge_is_cut_off(x, y, hint):
    assert reading_of(page(piece("Emergency Exit", x, y))).hints == {hint}


def test_a_line_near_the_edge_is_not():
    assert reading_of(page(piece("Emergency Exit", 15, 15))).hints == frozenset()


def test_small_and_blurred_text_that_can_not_be_read():
    small = piece("Emergency Exit", 200, 200, 8, chance=0.3)
    garbled = piece("Emorgancy Exlt", 200, 200, 40, chance=0.55)
    assert reading_of(page(small)).hints == {AimingHint.TOO_SMALL}
    assert reading_of(page(garbled)).hints == {AimingHint.TOO_SMALL}
    assert reading_of(page(replace(garbled, sharpness=0.1))).hints == {AimingHint.BLURRED}


@pytest.mark.parametrize("text", ["wwwwwwww", "0:00101", "LS", "+6+"])
def test_patterns_that_pass_for_letters_give_no_hint(text):
    pattern = replace(piece(text, 200, 200, 40, chance=0.55), sharpness=0.1)
    assert reading_of(page(pattern)).hints == frozenset()


def test_upside_down_is_told():
    assert AimingHint.UPSIDE_DOWN in reading_of(page(SIGN, quarters=2)).hints


@pytest.mark.parametrize("height", [40, 80, 200])
def test_a_script_that_is_not_known_is_told_however_large(height):
    """The sharpness is that of the line shrunk to 48 pixels: the larger, the lower."""
    sharpness = 0.45 * min(1.0, 48 / height)
    strange = replace(piece("wnyA qrst uv", 200, 100, height, chance=0.2), sharpness=sharpness)
    assert reading_of(page(strange, height=1080, width=1920)).unreadable
    blurred = replace(strange, sharpness=0.3 * min(1.0, 48 / height))
    assert not reading_of(page(blurred, height=1080, width=1920)).unreadable


ALPHABET = Alphabet(["a", "b", "出", "口", "Ａ", "½"])
BLANK, A, B, OUT, MOUTH, WIDE, HALF = range(7)


def steps(*numbers, chance=0.9, second=A):
    """Probabilities by step: one character likely, another one second."""
    chances = np.full((len(numbers), 8), 0.0, np.float32)
    for row, number in zip(chances, numbers, strict=True):
        row[second] = 1 - chance
        row[number] = chance
    return chances


def test_characters_are_taken_once_a_run():
    read = ALPHABET.decode(steps(A, A, BLANK, A, B, B))
    assert read.text == "aab"
    assert read.chances == pytest.approx([0.9] * 3)
    assert (read.foreign, read.lowest) == (0.0, pytest.approx(0.9))


def test_a_foreign_letter_among_others_is_the_likeliest_other_one():
    read = ALPHABET.decode(steps(A, B, OUT, B, second=A))
    assert read.text == "abab"
    assert read.lowest == pytest.approx(0.1)
    assert not read.is_foreign


def test_letters_of_another_script_beside_others_are_left_out_if_they_are_sure():
    read = ALPHABET.decode(steps(OUT, MOUTH, A, B, BLANK, B, chance=0.95))
    assert (read.text, read.mixed) == ("abb", True)
    assert reading_of(page(replace(SIGN, recognised=read))).unreadable


def test_text_in_another_script_stays_what_it_is():
    read = ALPHABET.decode(steps(OUT, MOUTH))
    assert (read.text, read.foreign, read.is_foreign) == ("出口", 1.0, True)


def test_wide_letters_are_plain_ones():
    assert ALPHABET.decode(steps(WIDE)).text == "A"


def test_a_fraction_stays_one():
    assert ALPHABET.decode(steps(B, HALF)).text == "b½", "and not 1⁄2: three and a half would be 31⁄2"


def test_nothing_but_blanks_is_no_text():
    read = ALPHABET.decode(steps(BLANK, BLANK))
    assert (read.text, read.mean, read.lowest) == ("", 0.0, 0.0)
