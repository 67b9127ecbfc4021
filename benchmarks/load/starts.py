"""How far the expected starts of jobs are from their real ones.

Owners send jobs of different sizes while workers run them. The workers are threads with the real store; a job of theirs
waits as long as a sampler would take, which varies from job to job. There are two figures. For the first, all jobs are
in the queue when their expected starts are read. For the second, each job's expected start is the one that its
submission was answered with, and jobs of other owners that are sent later may go before it: the queue is fair between
owners, and no estimate knows what they will send.
"""

import random
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select

from backend.store.database import Database, connect
from backend.store.jobs import Jobs
from backend.store.tables import jobs
from benchmarks.load.queue import GRAPH, SPEC

WORKERS = 3
OWNERS = ("ann", "bob", "eve")
COSTS = (60, 120, 240, 480)  # view-forwards of a job
SECONDS_PER_COST = 0.004
VARIATION = 0.2  # the standard deviation of the logarithm of a job's time
STEPS = 10  # of a job
BEFORE = 12  # jobs that run before, from whose times the others are estimated
SENT = 60  # jobs
PAUSE_SECONDS = 0.15  # between two submissions
SHORTEST_SECONDS = 1.0  # of the waits that count: the error of a short wait is mostly that of one step


def figures(url: str, seed: int = 0) -> dict[str, Any]:
    """Return the median errors of the expected starts, as a part of the real wait, on an empty, migrated database."""
    database = connect(url)
    load = _Load(Jobs(database), random.Random(seed))
    try:
        with _workers(load, seed):
            load.send(BEFORE)
            load.wait_until_empty()
            load.send(SENT)
            waiting = load.expected()
            load.wait_until_empty()
            arriving = load.send(SENT, PAUSE_SECONDS)
            load.wait_until_empty()
        starts = _starts(database)
        return {
            "start_error_median": _median_error(waiting, starts),
            "start_error_arriving_median": _median_error(arriving, starts),
        }
    finally:
        database.close()


class _Expected(NamedTuple):
    """The expected start of a job, in seconds from the moment `at`."""

    id: UUID
    at: datetime
    starts_in: float | None

    def error(self, start: datetime) -> float:
        """Return the error as a part of the real wait. A start that was not known is wrong by all of it."""
        waited = (start - self.at).total_seconds()
        return 1.0 if self.starts_in is None else abs(self.starts_in - waited) / waited


class _Load:
    """Jobs of random owners and sizes. `costs` has the size of each job."""

    def __init__(self, store: Jobs, chance: random.Random) -> None:
        self.store, self.costs = store, dict[UUID, int]()
        self._chance = chance

    def send(self, count: int, pause_seconds: float = 0.0) -> list[_Expected]:
        """Submit jobs, and return what was expected of each at its submission."""
        sent: list[_Expected] = []
        for _ in range(count):
            id = uuid4()
            self.costs[id] = self._chance.choice(COSTS)
            job, _ = self.store.submit(self._chance.choice(OWNERS), SPEC, GRAPH, self.costs[id], id=id)
            sent.append(_Expected(id, datetime.now(UTC), job.starts_in))
            time.sleep(pause_seconds)
        return sent

    def expected(self) -> list[_Expected]:
        """Return what is expected of the waiting jobs now."""
        return [
            _Expected(job.id, datetime.now(UTC), job.starts_in)
            for owner in OWNERS
            for job in self.store.waiting(owner, SENT)
        ]

    def wait_until_empty(self) -> None:
        """Wait until all jobs have ended."""
        while (status := self.store.queue(OWNERS[0])).queued or status.running:
            time.sleep(0.1)


def _median_error(expected: Sequence[_Expected], starts: Mapping[UUID, datetime]) -> float:
    """Return the median error over the jobs that waited for SHORTEST_SECONDS or longer."""
    long = [one for one in expected if (starts[one.id] - one.at).total_seconds() >= SHORTEST_SECONDS]
    return round(statistics.median(one.error(starts[one.id]) for one in long), 3)


def _starts(database: Database) -> dict[UUID, datetime]:
    with database.read() as connection:
        return {row.id: row.started_at for row in connection.execute(select(jobs.c.id, jobs.c.started_at))}


@contextmanager
def _workers(load: _Load, seed: int) -> Iterator[None]:
    """Run jobs in threads until the end of the block."""
    store, stopping = load.store, threading.Event()

    def work(number: int) -> None:
        chance = random.Random(f"{seed} {number}")
        while not stopping.is_set():
            if (claim := store.claim(f"benchmark:{number}")) is None:
                time.sleep(0.02)
                continue
            began = time.monotonic()
            seconds = load.costs[claim.id] * SECONDS_PER_COST * chance.lognormvariate(0, VARIATION)
            for step in range(1, STEPS + 1):
                time.sleep(max(0.0, began + seconds * step / STEPS - time.monotonic()))
                store.progress(claim, step, STEPS, {}, {}, time.monotonic() - began)
            store.finish(claim, [], time.monotonic() - began)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
