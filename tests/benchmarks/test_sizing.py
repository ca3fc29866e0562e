"""How many machines many wearers need: the arithmetic."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from benchmarks.sizing import Machine, Use, cost, main, needed, request_bytes, table, waiting

PRESSES = Use("presses", looks=18, hours=6, peak=0.5, picture_bytes=50_000)


def test_what_wearers_send() -> None:
    assert PRESSES.arrivals(1000) == pytest.approx(2.5)
    assert PRESSES.megabit(1000) == pytest.approx(1.0)
    assert PRESSES.megabytes_a_month == pytest.approx(18 * 6 * 365 / 12 * 0.05)
    assert PRESSES.average == pytest.approx(0.5), "a quarter of the day, and half of the wearers at the peak"


def test_a_single_machine_waits_as_theory_says() -> None:
    """The mean wait of M/D/1 at half load is half a description; 95 of 100 wait no more than about two."""
    assert 1.7 < waiting(1, 0.5) < 2.4


def test_more_machines_wait_less_and_busier_ones_more() -> None:
    assert waiting(1, 0.5) > waiting(4, 0.5) > waiting(64, 0.5)
    assert waiting(4, 0.5) < waiting(4, 0.7) < waiting(4, 0.9)


def test_machines_are_as_busy_as_they_may_be_and_one_may_fail() -> None:
    assert needed(arrivals=70.0, rate=10.0, limit=2.0, busiest=0.7) == 11
    assert needed(arrivals=0.1, rate=10.0, limit=2.0, busiest=0.7) == 2


def test_few_slow_machines_are_less_busy() -> None:
    """Half a description may be waited for, which two machines don't keep at that load."""
    assert needed(arrivals=1.4, rate=1.0, limit=1.5, busiest=0.7) > 3


def test_who_is_too_slow_for_a_single_photo() -> None:
    with pytest.raises(ValueError, match=r"takes 4\.0 s, longer than 2 s"):
        needed(arrivals=1.0, rate=0.25, limit=2.0, busiest=0.7)


def test_the_table_and_the_cost() -> None:
    lines = list(table([Machine("a machine", 10.0, 0.1)], [PRESSES], limit=2.0, busiest=0.7))
    assert {line.count("|") for line in lines} == {9}
    assert lines[2].startswith("| 1,000, presses | 2.5 | 1.0 Mbit/s | a machine | 2 | 12% | 0.15 |")
    assert cost(2, 0.1, 1000) == pytest.approx(0.146)


def test_a_request_of_the_engine_is_its_picture_and_little_more() -> None:
    pytest.importorskip("httpx2")
    small, large = (asyncio.run(request_bytes(side)) for side in (160, 640))
    assert 1_000 < small < large < 200_000


@pytest.mark.parametrize("words", [["--built-in", "0"], ["--built-in", "x", "--full-size", "3"], []])
def test_rates_have_to_be_given(words: Sequence[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
