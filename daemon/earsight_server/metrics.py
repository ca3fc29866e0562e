"""What the server counts, for Prometheus. No label holds anything that a client sent."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_METHODS = frozenset({"GET", "HEAD", "POST"})
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts requests, and shows how much there is to do."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "earsight_requests",
            "Requests by route and status.",
            ["route", "method", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "earsight_request_seconds",
            "Time from the head of a request to the end of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request that was answered.

        Args:
            route: As the application knows it.
            method: Of the request.
            status: Of the answer.
            seconds: That it took.
        """
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def show(self, name: str, text: str, value: Callable[[], float]) -> None:
        """Show a value whenever it is asked for.

        Args:
            name: Of the metric, without the program's.
            text: What it is.
            value: Gives it.
        """
        Gauge(f"earsight_{name}", text, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)
