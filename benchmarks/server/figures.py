"""From answers and samples of memory to the figures that are shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import numpy as np

from benchmarks.server.load import Answered


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one load. Times are in seconds; those of requests that got a caption.

    Attributes:
        captioned: Requests that got a caption.
        rate: Of these a second, from the first request to the last answer with a caption. So who is slow is
            not charged with what it had not finished when the time was over.
        p50, p95, p99: Percentiles of the time until the answer.
        busy: Share of all answered requests that got a 503.
        errors: Answered requests that got neither a caption nor a 503 that says when to try again.
    """

    captioned: int
    rate: float
    p50: float | None
    p95: float | None
    p99: float | None
    busy: float
    errors: int


def figures(answers: Sequence[Answered]) -> Figures:
    """Work them out.

    Args:
        answers: All of one load, in any order.
    """
    served = [each for each in answers if each.captioned]
    busy = sum(_is_busy(each) for each in answers)
    p50, p95, p99 = _percentiles([each.seconds for each in served])
    return Figures(
        captioned=len(served),
        rate=_rate(answers, served),
        p50=p50,
        p95=p95,
        p99=p99,
        busy=busy / len(answers) if answers else 0.0,
        errors=len(answers) - len(served) - busy,
    )


def _is_busy(answer: Answered) -> bool:
    return answer.status == HTTPStatus.SERVICE_UNAVAILABLE and answer.says_when


def _rate(answers: Sequence[Answered], served: Sequence[Answered]) -> float:
    if not served:
        return 0.0
    began, ended = min(each.began for each in answers), max(each.ended for each in served)
    return len(served) / (ended - began)


def _percentiles(seconds: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    if not seconds:
        return None, None, None
    p50, p95, p99 = (float(each) for each in np.percentile(seconds, (50, 95, 99)))
    return p50, p95, p99


def slope(samples: Sequence[tuple[float, float]], settled: float = 0.2) -> float:
    """How fast something grows: the least-squares line through its samples, per second.

    Args:
        samples: Seconds and values, in order of time.
        settled: Share of the time that does not count, since all that is used for the first time grows.

    Returns:
        0 where there are fewer than two samples.
    """
    if len(samples) < 2:
        return 0.0
    times, values = np.array(samples, np.float64).T
    counted = times >= times[0] + settled * (times[-1] - times[0])
    if counted.sum() < 2:
        return 0.0
    return float(np.polyfit(times[counted] - times[0], values[counted], 1)[0])
