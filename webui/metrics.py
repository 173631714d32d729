"""Figures about the service in the text format of Prometheus."""

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from webui.answers import Answers
from webui.budgets import Budgets
from webui.site import Site

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_COUNTED = {
    "queries": "Queries that reached a worker.",
    "killed": "Queries stopped because their time was over.",
    "cancelled": "Queries stopped because whoever asked had gone.",
    "died": "Workers that ended by themselves.",
    "long": "Queries that went on beyond their slice.",
}
_BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_BOUNDS = (*map(str, _BUCKETS), "+Inf")


class Metrics:
    """What was counted since the server was started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._slots: Counter[tuple[str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        with self._lock:
            self._requests[route, status] += 1
            self._slots[route, bisect_left(_BUCKETS, seconds)] += 1
            self._seconds[route] += seconds

    def written(self, site: Site, budgets: Budgets, answers: Answers) -> bytes:
        """All figures, those of the snapshot in use and its engine included."""
        now = CollectorRegistry()
        now.register(_Now(self, site, budgets, answers))
        return bytes(generate_latest(now))

    def families(self) -> Iterator[Metric]:
        """What was counted."""
        requests = CounterMetricFamily(
            "standpoint_requests",
            "Requests by the part of the service and the status.",
            labels=["route", "status"],
        )
        seconds = HistogramMetricFamily(
            "standpoint_request_seconds",
            "Time until an answer was ready to be sent.",
            labels=["route"],
        )
        with self._lock:
            for (route, status), count in self._requests.items():
                requests.add_metric([route, str(status)], count)
            for route, total in self._seconds.items():
                sums = accumulate(self._slots[route, slot] for slot in range(len(_BOUNDS)))
                buckets = list(zip(_BOUNDS, map(float, sums), strict=True))
                seconds.add_metric([route], buckets, total)
        yield requests
        yield seconds


class _Now(Collector):
    def __init__(self, metrics: Metrics, site: Site, budgets: Budgets, answers: Answers) -> None:
        self._metrics = metrics
        self._site = site
        self._budgets = budgets
        self._answers = answers

    def collect(self) -> Iterator[Metric]:
        """What was counted here, and the figures that are kept elsewhere."""
        yield from self._metrics.families()
        info = GaugeMetricFamily(
            "standpoint_snapshot_triples", "Triples of the snapshot.", labels=["version"]
        )
        info.add_metric([self._site.snapshot.version], self._site.snapshot.triples)
        yield info
        status = getattr(self._site.engine, "status", None)
        figures = asdict(status()) if callable(status) else {}
        for name in figures.keys() & _COUNTED.keys():
            yield CounterMetricFamily(f"standpoint_{name}", _COUNTED[name], figures[name])
        for name in figures.keys() & {"workers", "busy"}:
            yield GaugeMetricFamily(
                f"standpoint_{name}", f"Worker processes: {name}.", figures[name]
            )
        yield CounterMetricFamily(
            "standpoint_refusals", "Queries over a client's budget.", self._budgets.refused
        )
        yield CounterMetricFamily("standpoint_cache_hits", "Answers kept.", self._answers.hits)
        yield CounterMetricFamily(
            "standpoint_cache_misses", "Answers worked out.", self._answers.misses
        )
