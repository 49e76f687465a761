"""Figures of the service, as Prometheus reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Metrics"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counters of one application, none of them global.

    Parameters
    ----------
    waiting, running
        Functions that say how many searches wait and run.
    """

    def __init__(self, *, waiting: Callable[[], int], running: Callable[[], int]) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = CollectorRegistry()
        self._answers = Counter(
            "routeplanner_http_requests",
            "Answers by route and status.",
            ("route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "routeplanner_http_request_seconds",
            "Seconds from request to answer by route.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.plans = Counter(
            "routeplanner_plans",
            "Plans by where they came from: searched, shared, stored; or what was in their way.",
            ("outcome",),
            registry=self._registry,
        )
        for name, words, read in (
            ("routeplanner_searches_waiting", "Searches that wait for a process.", waiting),
            ("routeplanner_searches_running", "Searches that a process is at.", running),
        ):
            Gauge(name, words, registry=self._registry).set_function(read)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._answers.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return all figures in the text format."""
        from prometheus_client import generate_latest

        found: bytes = generate_latest(self._registry)
        return found
