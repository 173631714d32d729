"""Figures about the service in the text format of Prometheus."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
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


class Metrics:
    """What was counted since the server was started."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._noting = lru_cache(maxsize=None)(self._found)
        self._requests = Counter(
            "standpoint_requests",
            "Requests by the part of the service and the status.",
            ["route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "standpoint_request_seconds",
            "Time until an answer was ready to be sent.",
            ["route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        count, observe = self._noting(route, status)
        count()
        observe(seconds)

    def _found(self, route: str, status: int) -> tuple[Callable[[], None], Callable[[float], None]]:
        return (
            self._requests.labels(route, str(status)).inc,
            self._seconds.labels(route).observe,
        )

    def written(self, site: Site, budgets: Budgets, answers: Answers) -> bytes:
        """All figures, those of the snapshot in use and its engine included."""
        now = CollectorRegistry()
        now.register(_Now(site, budgets, answers))
        return bytes(generate_latest(self._registry) + generate_latest(now))


class _Now(Collector):
    def __init__(self, site: Site, budgets: Budgets, answers: Answers) -> None:
        self._site = site
        self._budgets = budgets
        self._answers = answers

    def collect(self) -> Iterator[Metric]:
        """The figures that are kept elsewhere."""
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
