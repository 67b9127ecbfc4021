"""How many workers one Postgres carries.

Processes stand for workers without a sampler: each claims a job, reports its steps as fast as the database answers,
finishes it, and goes on. The figures are the steps that all of them report in a second, how long a report takes, and
the open connections to the database. A real worker reports a step when it is done, so a Postgres carries as many of
them as their steps a second fit into this figure.
"""

import multiprocessing
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from sqlalchemy import text

from backend.store.database import connect
from backend.store.jobs import Jobs
from benchmarks.load.queue import fill, p99

SECONDS = 5.0
STEPS = 30  # of a job
JOBS = 100  # for each worker; more than it can run


def figures(url: str, workers: int) -> dict[str, Any]:
    """Measure with so many workers, on an empty, migrated database."""
    database = connect(url)
    context = multiprocessing.get_context("spawn")
    begin = context.Event()
    try:
        fill(database, workers * JOBS)
        pipes = [context.Pipe(duplex=False) for _ in range(workers)]
        processes = [context.Process(target=_report, args=(url, begin, sender)) for _, sender in pipes]
        for process in processes:
            process.start()
        for receiver, _ in pipes:
            receiver.recv()  # it is connected
        begin.set()
        time.sleep(SECONDS / 2)
        counted = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        with database.read() as connection:
            connections = connection.scalar(counted)
        taken = [seconds for receiver, _ in pipes for seconds in receiver.recv()]
        for process in processes:
            process.join()
    finally:
        database.close()
    return {
        "workers": workers,
        "steps_per_second": round(len(taken) / SECONDS),
        "report_p50_ms": round(1000 * sorted(taken)[len(taken) // 2], 2),
        "report_p99_ms": p99(taken),
        "connections": connections,
    }


def _report(url: str, begin: Event, sender: Connection) -> None:
    """Run jobs for SECONDS, and send how long each report of a step took."""
    database = connect(url)
    store = Jobs(database)
    store.queue("ann")
    sender.send("connected")
    begin.wait()
    taken: list[float] = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and (claim := store.claim("benchmark")) is not None:
        for step in range(1, STEPS + 1):
            began = time.monotonic()
            store.progress(claim, step, STEPS, {"y": 0.1}, {"y": 1.0}, 1.0)
            taken.append(time.monotonic() - began)
        store.finish(claim, [], 1.0)
    database.close()
    sender.send(taken)
