"""Counters for Prometheus: requests by route and status, their duration, and the generation being served."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process; a route is named by its rule, so that record ids do not become labels."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "dougong_requests_total",
            "Requests answered",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "dougong_request_seconds", "Time to answer", ("route",), buckets=BUCKETS, registry=self.registry
        )
        self._failures = Counter(
            "dougong_failures_total", "Answers that were our fault", registry=self.registry
        )
        self._generation = Gauge(
            "dougong_release_generation", "Generation of the definitions being served", registry=self.registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if status >= 500:
            self._failures.inc()

    def serving(self, generation: int) -> None:
        """Note which generation of the definitions is served."""
        self._generation.set(generation)

    def text(self) -> bytes:
        """All figures in Prometheus' text form."""
        return generate_latest(self.registry)
