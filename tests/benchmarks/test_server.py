"""The load benchmark's arithmetic and its tables, without a server."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.server.figures import figures, slope
from benchmarks.server.load import Answered, Load, as_form, parsed
from benchmarks.server.soak import LARGEST_GROWTH, Soaked, report
from benchmarks.server.table import Measured, best_rate, markdown

BUSY = Answered(0.0, 0.01, 503, captioned=False, says_when=True)


def captioned(began: float, seconds: float) -> Answered:
    return Answered(began, seconds, 200, captioned=True, says_when=False)


def soaked() -> Soaked:
    found = figures([captioned(0.0, 0.5), BUSY])
    return Soaked(600.0, 10.0, 19.7, found, {200: 1, 503: 1}, 200.0, 0.1, 0.05, 0.06)


def test_only_captions_count() -> None:
    found = figures([captioned(10.0, 1.0), captioned(11.0, 3.0), BUSY, replace(BUSY, began=10.5)])
    assert (found.captioned, found.errors, found.busy) == (2, 0, 0.5)
    assert found.rate == pytest.approx(2 / 14), "from the first request of all to the last caption"
    assert found.p50 == pytest.approx(2.0)


def test_who_has_finished_little_is_charged_with_what_it_has_finished_only() -> None:
    """A leg of 110 s in which the second caption was not finished."""
    assert figures([captioned(0.0, 70.0)]).rate == pytest.approx(1 / 70)


@pytest.mark.parametrize(
    "answer",
    [
        replace(BUSY, says_when=False),
        replace(BUSY, status=500),
        replace(BUSY, status=0, says_when=False),
        replace(captioned(0.0, 1.0), captioned=False),
    ],
)
def test_anything_else_is_an_error(answer: Answered) -> None:
    assert figures([answer, captioned(0.0, 1.0)]).errors == 1


def test_nothing_was_answered() -> None:
    found = figures([])
    assert (found.captioned, found.rate, found.p50, found.busy, found.errors) == (0, 0.0, None, 0.0, 0)


@given(st.lists(st.floats(0.001, 100), min_size=1, max_size=50))
def test_percentiles_are_in_order(seconds: list[float]) -> None:
    found = figures([captioned(0.0, each) for each in seconds])
    assert found.p50 is not None
    assert found.p95 is not None
    assert found.p99 is not None
    assert min(seconds) <= found.p50 <= found.p95 <= found.p99 <= max(seconds)


def test_lines_are_read_in_the_order_of_their_ends_and_half_a_line_is_left_out() -> None:
    late, early = captioned(1.0, 9.0), captioned(2.0, 1.0)
    text = "\n".join(json.dumps(asdict(each)) for each in (late, early))
    assert parsed(text) == [early, late]
    assert parsed(text + "\n" + json.dumps(asdict(BUSY))[:-5]) == [early, late]
    assert parsed("") == []


@given(st.floats(-5, 5), st.floats(0, 1000))
def test_the_slope_of_a_line(growth: float, first: float) -> None:
    samples = [(second / 4, first + growth * second / 4) for second in range(100)]
    assert slope(samples) == pytest.approx(growth, abs=1e-6)


def test_what_grows_at_first_only_is_flat() -> None:
    samples = [(float(second), 100.0 + min(second, 10)) for second in range(100)]
    assert slope(samples) == pytest.approx(0.0, abs=1e-9)
    assert slope(samples[:1]) == slope([]) == 0.0


def test_a_form_holds_the_picture_as_it_is() -> None:
    form, content_type = as_form(b"\xff\xd8picture", "7.jpg")
    boundary = content_type.partition("boundary=")[2].encode()
    before, picture_and_end = form.split(b"\r\n\r\n", 1)
    assert before.startswith(b"--" + boundary)
    assert b'filename="7.jpg"' in before
    assert picture_and_end == b"\xff\xd8picture\r\n--" + boundary + b"--\r\n"


def test_the_table_and_the_best_rate() -> None:
    fast, slow = figures([captioned(0.0, 0.5)]), figures([captioned(0.0, 9.0)])
    rows = [
        Measured("ours", Load("/v1/describe", 5, clients=1), fast, 1400.0),
        Measured("ours", Load("/v1/describe", 5, clients=64), slow, 10.0),
        Measured("theirs", Load("/", 5, clients=64), figures([]), 10.0),
    ]
    lines = markdown(rows).splitlines()
    assert lines[2] == "| ours | `/v1/describe` | 1 | 2.0 | 500 ms | 500 ms | 500 ms | 0% | 0 | 1,400 MB |"
    assert "| 0.111 |" in lines[3]
    assert "| none in time |" in lines[4]
    assert {line.count("|") for line in lines} == {11}
    assert (best_rate(rows, "ours"), best_rate(rows, "theirs")) == (2.0, 0.0)


def test_a_soak_that_went_well() -> None:
    assert soaked().failures == []
    assert "| 503 with Retry-After | 50.0% |" in report(soaked())
    assert "| answers by status | 1 x 200, 1 x 503 |" in report(soaked())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"figures": figures([replace(BUSY, status=500)])}, "neither a caption nor a 503"),
        ({"arrivals": 15.0}, "were sent or answered"),
        ({"growth": 2 * LARGEST_GROWTH}, "memory grew"),
        ({"after": 0.2}, "waits longer"),
        ({"after": None}, "waits longer"),
    ],
)
def test_what_a_soak_complains_of(change: dict[str, object], said: str) -> None:
    (failure,) = replace(soaked(), **change).failures
    assert said in failure
