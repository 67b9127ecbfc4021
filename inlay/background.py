"""Run the reconciler and the posting of webhooks, in threads beside a server or as a process of their own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend.api.settings import Settings
from backend.delivery.addresses import pool
from backend.delivery.sender import Sender
from backend.reconciler import Reconciler
from backend.store.bus import ApiBus
from backend.store.database import connect
from backend.store.deliveries import Deliveries
from backend.store.heartbeat import Heartbeat
from backend.store.jobs import Jobs
from inlay.database import jobs_of


def reconciler(settings: Settings, jobs: Jobs, bus: ApiBus) -> Reconciler:
    """Make a reconciler that follows these settings."""
    rules = settings.retention
    return Reconciler(jobs, settings.open_images(), bus, audit_days=settings.audit_days, rules=rules)


@contextmanager
def reconciling(settings: Settings, bus: ApiBus) -> Iterator[None]:
    """Run the reconciler in a thread of this process during the block."""
    jobs = jobs_of(settings)
    with _thread("reconciler", reconciler(settings, jobs, bus).run), Heartbeat(jobs.database, "reconciler"):
        yield


@contextmanager
def posting(settings: Settings) -> Iterator[None]:
    """Post to webhooks in a thread of this process during the block."""
    deliveries = Deliveries(connect(settings.database))
    with _thread("webhooks", Sender(deliveries, pool(settings.webhook_networks), settings.public_url).run):
        yield


@contextmanager
def _thread(name: str, run: Callable[[threading.Event], None]) -> Iterator[None]:
    """Call `run` in a thread during the block, with the event that stops it."""
    over = threading.Event()
    thread = threading.Thread(target=run, args=[over], name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)
