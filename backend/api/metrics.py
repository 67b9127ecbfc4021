"""The metrics for Prometheus. Each application has its own registry, so two applications in one process share no
counts."""

from collections.abc import Callable, Iterator
from typing import get_args

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from backend.contracts.job import JobState
from backend.store.statistics import Statistics

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
log = structlog.get_logger(__name__)


class Metrics:
    """The counts and times of this process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Histogram(
            "inlay_http_request_seconds",
            "Seconds that answers took, by route.",
            ["method", "route", "status"],
            buckets=SECONDS,
            registry=registry,
        )
        self.submitted = Counter(
            "inlay_jobs_submitted", "Jobs accepted, by kind of layout.", ["layout"], registry=registry
        )
        self.submitted_cost = Counter("inlay_view_forwards_submitted", "View-forwards accepted.", registry=registry)
        self.refused = Counter("inlay_jobs_refused", "Jobs refused because the queue was full.", registry=registry)
        self.clients = Gauge("inlay_stream_clients", "Open websockets.", registry=registry)
        self.events_sent = Counter("inlay_stream_events_sent", "Events sent to websockets.", registry=registry)
        self.previews_sent = Counter("inlay_stream_previews_sent", "Previews sent to websockets.", registry=registry)
        self.previews_dropped = Counter(
            "inlay_stream_previews_dropped",
            "Previews that a newer one replaced before they were sent.",
            registry=registry,
        )
        self.stalled = Counter(
            "inlay_stream_stalled", "Websockets that were closed because the client did not read.", registry=registry
        )


class DatabaseCollector(Collector):
    """Counts of all jobs. They are read from the database at each scrape. `inlay_database_up` is 0 if the database does
    not answer."""

    def __init__(self, read: Callable[[], Statistics]) -> None:
        self._read = read

    def describe(self) -> list[Metric]:
        return []  # nothing is read before the first scrape

    def collect(self) -> Iterator[Metric]:
        try:
            found = self._read()
        except Exception as error:
            log.warning("metrics_without_database", error=type(error).__name__)
            yield GaugeMetricFamily("inlay_database_up", "1 if the database answers, else 0.", 0)
            return
        yield GaugeMetricFamily("inlay_database_up", "1 if the database answers, else 0.", 1)
        states = GaugeMetricFamily("inlay_jobs", "Jobs by state.", labels=["state"])
        for state in get_args(JobState):
            states.add_metric([state], found.states.get(state, 0))
        yield states
        oldest = "Seconds since the oldest queued job was queued."
        yield GaugeMetricFamily("inlay_queue_oldest_seconds", oldest, found.oldest_queued_seconds)
        seconds = SummaryMetricFamily("inlay_job_seconds", "Seconds that succeeded jobs ran.", labels=["model"])
        forwards = CounterMetricFamily("inlay_view_forwards", "View-forwards of succeeded jobs.", labels=["model"])
        for model, durations in found.durations.items():
            seconds.add_metric([model], durations.jobs, durations.seconds)
            forwards.add_metric([model], durations.cost)
        yield seconds
        yield forwards
