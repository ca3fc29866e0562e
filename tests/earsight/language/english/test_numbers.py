from datetime import time

import pytest

from earsight.language.english.numbers import shown
from earsight.message import Number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (17, "17"),
        (1500, "1500"),
        (1.5, "1.5"),
        (2.0, "2"),
        (time(7, 30), "7:30 AM"),
        (time(0, 5), "12:05 AM"),
        (time(12), "12 PM"),
        (time(19), "7 PM"),
    ],
)
def test_numbers_and_times(value: Number, expected: str) -> None:
    assert shown(value) == expected
