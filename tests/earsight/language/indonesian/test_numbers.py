from datetime import time

import pytest

from earsight.language.indonesian.numbers import shown
from earsight.message import Number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (17, "17"),
        (1500, "1500"),
        (1.5, "1,5"),
        (0.25, "0,25"),
        (2.0, "2"),
        (time(7, 30), "7 lewat 30 menit"),
        (time(0, 5), "0 lewat 5 menit"),
        (time(19), "19"),
    ],
)
def test_numbers_and_times(value: Number, expected: str) -> None:
    assert shown(value) == expected
