"""A page in parts: whatever is said first, all of it is said once, and in order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("cv2", reason="text is read with OpenCV")

from earsight.readers.page_parts import read_page
from earsight.readers.reader import proceed
from earsight.readers.text_recognition import Recognised
from earsight.readers.text_regions import Region
from earsight.system import reading_times

_HEIGHT = 20
NOW, NEVER = -1.0, 1000.0


class Printed:
    """Networks that find lines where they are, and know each by its shade of grey.

    Attributes:
        recognised: How many lines so far.
    """

    def __init__(self, *lines):
        """Takes lines, each (x, y, text)."""
        self.lines, self.recognised = lines, 0
        self.pixels = np.zeros((1000, 900, 3), np.uint8)
        for number, (x, y, text) in enumerate(lines, 1):
            self.pixels[y - 4 : y + _HEIGHT + 4, x - 4 : x + self.width(text) + 4] = 2 * number

    @staticmethod
    def width(text):
        return len(text) * _HEIGHT // 2

    def detect(self, _pixels):
        found = []
        for x, y, text in self.lines:
            right, bottom = x + self.width(text), y + _HEIGHT
            corners = np.array([[x, y], [right, y], [right, bottom], [x, bottom]], np.float32)
            found.append(Region(corners, 0.0, 0.9))
        return found

    def recognise(self, line):
        self.recognised += 1
        text = self.lines[round(float(np.median(line)) / 2) - 1][2]
        return Recognised(text, np.full(len(text), 0.999, np.float32), 0.999)


def said(reading):
    return [line.text for line in reading.lines]


def parts(printed, patience):
    """All of it; patience: of each part, the last one of all further ones."""
    waits = iter(patience)
    found = [read_page(printed, printed.pixels, proceed, next(waits))]
    while (rest := found[-1].rest) is not None:
        found.append(rest(proceed, next(waits, NEVER)))
    return found


def column(x, *texts, y=40):
    return [(x, y + 28 * number, text) for number, text in enumerate(texts)]


PROSE = [f"This is line {number} of a page," for number in range(12)]
NAMES = ("Nasi goreng", "Mie ayam", "Es teh", "Soto")
PRICES = ("15.000", "12.500", "4.000", "18.000")
LAYOUTS = {
    "page": column(40, *PROSE[:8]),
    "columns": column(40, *PROSE[:5]) + column(460, *PROSE[:6]),
    "price list": [
        *column(40, "Daftar harga hari ini", y=4),
        *column(40, *NAMES, y=100),
        *column(500, *PRICES, y=100),
    ],
    "signs apart": column(40, "Gate", "B12") + column(600, "Toilets", y=500),
}


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=15, deadline=None)
@given(patience=st.lists(st.sampled_from([NOW, NEVER]), min_size=1, max_size=20))
def test_parts_are_the_whole(name, patience):
    whole = Printed(*LAYOUTS[name])
    expected = said(read_page(whole, whole.pixels, proceed, NEVER))
    found = parts(Printed(*LAYOUTS[name]), patience)
    assert [text for part in found for text in said(part)] == expected
    assert all(part.lines for part in found[:-1]), "a part that says nothing"


def test_the_first_lines_come_before_the_others_are_recognised():
    printed = Printed(*column(40, *PROSE))
    first = read_page(printed, printed.pixels, proceed, NOW)
    assert said(first) == PROSE[:2]
    assert printed.recognised <= 3, "two, and one to see whether it is upside down"
    assert first.rest is not None
    again = [said(first.rest(proceed, NEVER)) for _ in range(2)]
    assert again == [PROSE[2:]] * 2, "what was stopped can be read again"


def test_a_part_ends_with_a_sentence_if_one_has_ended():
    printed = Printed(*column(40, "Please close the door.", "This is the first of", *PROSE))
    assert said(read_page(printed, printed.pixels, proceed, NOW)) == ["Please close the door."]


def test_a_row_of_a_price_list_waits_for_its_price():
    printed = Printed(*LAYOUTS["price list"])
    first, *others = parts(printed, [NOW] * 20)
    assert said(first) == ["Daftar harga hari ini"]
    rows = [f"{name} {price}" for name, price in zip(NAMES, PRICES, strict=True)]
    assert [text for part in others for text in said(part)] == rows


def test_what_is_no_text_ends_a_part_at_last(monkeypatch):
    monkeypatch.setattr(reading_times, "NOTHING", 0.0)
    printed = Printed(*column(40, *["--"] * 6, "Exit"))
    found = parts(printed, [NOW] * 20)
    assert [said(part) for part in found[:-1]] == [[]] * (len(found) - 1)
    assert said(found[-1]) == ["Exit"]
