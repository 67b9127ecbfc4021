"""The metrics for Prometheus. Each application has its own registry, so two applications in one process share no
counts."""

from collections.abc import Callable, Iterator
from typing import get_args

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.registry import Collector

from backend.contracts.job import FINAL, JobState
from backend.contracts.processes import Process, ProcessKind
from backend.contracts.webhooks import DeliveryState
from backend.store.statistics import Statistics, Waiting
from backend.store.tallies import CLASSES, Outcome, Sum, Sums, Why

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
        self.refused = Counter(
            "inlay_jobs_refused", "Jobs refused because of a limit of each owner.", ["limit"], registry=registry
        )
        self.keys_refused = Counter("inlay_keys_refused", "Requests with a key that opens nothing.", registry=registry)
        self.clients = Gauge("inlay_stream_clients", "Open websockets.", registry=registry)
        self.events_sent = Counter("inlay_stream_events_sent", "Events sent to websockets.", registry=registry)
        self.previews_sent = Counter("inlay_stream_previews_sent", "Previews sent to websockets.", registry=registry)
        self.previews_dropped = Counter(
            "inlay_stream_previews_dropped",
            "Previews that a newer one replaced before they were sent.",
            registry=registry,
        )
        self.preview_delay = Histogram(
            "inlay_stream_preview_delay_seconds",
            "Seconds from a preview's arrival at this process to its sending to a websocket.",
            buckets=SECONDS,
            registry=registry,
        )
        self.stalled = Counter(
            "inlay_stream_stalled", "Websockets that were closed because the client did not read.", registry=registry
        )


class DatabaseCollector(Collector):
    """The counts of all jobs and processes. They are read from the database at each scrape, so every API process gives
    the same ones. `inlay_database_up` is 0 if the database does not answer."""

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
        yield from _queue(found)
        yield from _counters(found.tallies)
        yield from _times(found.tallies)
        yield from _processes(found.processes)


def _queue(found: Statistics) -> Iterator[Metric]:
    states = GaugeMetricFamily("inlay_jobs", "Jobs that exist, by state.", labels=["state"])
    for state in get_args(JobState):
        states.add_metric([state], found.states.get(state, 0))
    depth = GaugeMetricFamily("inlay_queue_jobs", "Queued jobs, by class.", labels=["class"])
    oldest = GaugeMetricFamily(
        "inlay_queue_oldest_seconds", "Seconds since the oldest queued job was queued, by class.", labels=["class"]
    )
    for kind in CLASSES:
        waiting = found.waiting.get(kind, Waiting())
        depth.add_metric([kind], waiting.jobs)
        oldest.add_metric([kind], waiting.oldest_seconds)
    posts = GaugeMetricFamily(
        "inlay_webhook_deliveries", "Deliveries to webhooks in the last seven days, by state.", labels=["state"]
    )
    for state in get_args(DeliveryState):
        posts.add_metric([state], found.deliveries.get(state, 0))
    yield from (states, depth, oldest, posts)


def _counters(tallies: Sums) -> Iterator[Metric]:
    """Yield the counters. Those of a known set of labels are there from the beginning, so that rates see the first
    count."""
    for name, says, label, tally, known in (
        ("inlay_job_claims", "Jobs that workers started, by class.", "class", "wait", CLASSES),
        ("inlay_jobs_ended", "Jobs that ended, by state.", "state", "ended", sorted(FINAL)),
        ("inlay_job_requeues", "Jobs that were queued again, by reason.", "reason", "requeued", get_args(Why)),
        ("inlay_webhook_posts", "Posts to webhooks, by outcome.", "outcome", "post", get_args(Outcome)),
    ):
        family = CounterMetricFamily(name, says, labels=[label])
        counted = tallies.get(tally, {})
        for value in known:
            family.add_metric([value], counted.get(value, Sum()).count)
        yield family
    for name, says, tally in (
        ("inlay_leases_lost", "Jobs that were taken from a worker that ended or did not renew its lease.", "lost"),
        ("inlay_reconciler_rounds", "Rounds of the reconciler.", "round"),
    ):
        yield CounterMetricFamily(name, says, tallies.get(tally, {}).get("", Sum()).count)


def _times(tallies: Sums) -> Iterator[Metric]:
    for name, says, label, tally in (
        ("inlay_queue_wait_seconds", "Seconds from queueing a job to its start, by class.", "class", "wait"),
        ("inlay_step_seconds", "Seconds of a denoising step, by model.", "model", "step"),
        ("inlay_decode_seconds", "Seconds to decode an image, by model.", "model", "decode"),
        ("inlay_preview_seconds", "Seconds that previews hold up a run, by model.", "model", "preview"),
    ):
        times = HistogramMetricFamily(name, says, labels=[label])
        for value, one in sorted(tallies.get(tally, {}).items()):
            times.add_metric([value], one.buckets(), one.total)
        yield times
    seconds = SummaryMetricFamily("inlay_job_seconds", "Seconds that succeeded jobs ran, by model.", labels=["model"])
    for model, one in sorted(tallies.get("job", {}).items()):
        seconds.add_metric([model], one.count, one.total)
    forwards = CounterMetricFamily(
        "inlay_view_forwards", "View-forwards of succeeded jobs, by model.", labels=["model"]
    )
    for model, one in sorted(tallies.get("forwards", {}).items()):
        forwards.add_metric([model], one.total)
    yield from (seconds, forwards)


def _processes(processes: list[Process]) -> Iterator[Metric]:
    alive = [one for one in processes if one.alive]
    up = GaugeMetricFamily("inlay_processes", "Processes that are alive, by kind.", labels=["kind"])
    for kind in get_args(ProcessKind):
        up.add_metric([kind], sum(one.kind == kind for one in alive))
    resident = GaugeMetricFamily(
        "inlay_process_resident_bytes", "Main memory that a process takes.", labels=["kind", "process"]
    )
    for one in alive:
        resident.add_metric([one.kind, one.name], one.resident)
    at = ["worker", "device"]
    busy = GaugeMetricFamily("inlay_worker_busy", "1 if a worker runs a job, else 0.", labels=at)
    free = GaugeMetricFamily("inlay_worker_memory_free_bytes", "Free memory of a worker's device.", labels=at)
    total = GaugeMetricFamily("inlay_worker_memory_bytes", "Memory of a worker's device.", labels=at)
    for one in alive:
        if one.kind == "worker" and one.device is not None:
            busy.add_metric([one.name, one.device], one.job is not None)
            free.add_metric([one.name, one.device], one.memory_free or 0)
            total.add_metric([one.name, one.device], one.memory_total or 0)
    yield from (up, resident, busy, free, total)
