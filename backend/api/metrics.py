"""What Prometheus scrapes, in a registry of its own, so that two applications in one process do not share counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Counters of this process. What the database knows is read at each scrape (`observe_queue`)."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Histogram(
            "inlay_http_request_seconds",
            "Time to answer a request, by route.",
            ["method", "route", "status"],
            buckets=SECONDS,
            registry=registry,
        )
        self.submitted = Counter("inlay_jobs_submitted", "Jobs accepted, by layout.", ["layout"], registry=registry)
        self.submitted_cost = Counter("inlay_view_forwards_submitted", "View-forwards accepted.", registry=registry)
        self.refused = Counter("inlay_jobs_refused", "Jobs refused because of the queue's length.", registry=registry)
        self.clients = Gauge("inlay_stream_clients", "Open websockets.", registry=registry)
        self.events_sent = Counter("inlay_stream_events_sent", "Events sent to websockets.", registry=registry)
        self.previews_sent = Counter("inlay_stream_previews_sent", "Previews sent to websockets.", registry=registry)
        self.previews_dropped = Counter(
            "inlay_stream_previews_dropped",
            "Previews overtaken by a newer one before they were sent.",
            registry=registry,
        )
        self.stalled = Counter("inlay_stream_stalled", "Websockets closed for not reading.", registry=registry)
