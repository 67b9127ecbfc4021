"""Estimates of how long jobs wait and run, from the costs of the jobs in the queue and the times of jobs that finished.

The number of workers is taken to be that of the running jobs, and 1 if none runs: a worker without a job would have
taken one from the queue.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from sqlalchemy import Connection, func, select

from backend.contracts.job import JobResource
from backend.store.database import Database
from backend.store.rows import AnyRow, resource
from backend.store.tables import CLAIM_ORDER, jobs, now

MEASURED = 20  # an estimate uses at most this many finished jobs

LEFT = jobs.c.cost * (1.0 - jobs.c.step * 1.0 / jobs.c.steps)
"""The cost of the steps that a job has not done yet. A queued job resumes from a checkpoint near its last step."""


@dataclass(frozen=True)
class QueueStatus:
    """The number of queued and running jobs of all owners, and of one owner (`mine_...`). `seconds` is the estimated
    time until all of them are done, or None if it is not known."""

    queued: int
    running: int
    mine_queued: int
    mine_running: int
    seconds: float | None


def shown(database: Database, row: AnyRow) -> JobResource:
    """Return the API's view of a row of RESOURCE, with the expected start of a queued job."""
    return all_shown(database, [row])[0]


def all_shown(database: Database, rows: Sequence[AnyRow]) -> list[JobResource]:
    """Return the API's view of rows of RESOURCE, with the expected starts of queued jobs."""
    found: dict[UUID, float] = {}
    if any(row.state == "queued" for row in rows):
        with database.read() as connection:
            found = starts(connection)
    return [resource(row, found.get(row.id) if row.state == "queued" else None) for row in rows]


def queue_status(connection: Connection, owner: str) -> QueueStatus:
    """Count the queued and running jobs, and estimate how long they take with the present number of workers."""
    kinds = (jobs.c.state, jobs.c.model, (jobs.c.owner == owner).label("mine"))
    rows = connection.execute(
        select(*kinds, func.count().label("number"), func.sum(LEFT).label("cost"))
        .where(jobs.c.state.in_(("queued", "running")))
        .group_by(*kinds)
    ).all()
    pace = _paces(connection, rows)

    def count(state: str, mine: tuple[bool, ...] = (True, False)) -> int:
        return sum(row.number for row in rows if row.state == state and row.mine in mine)

    seconds = [_seconds(row, pace) for row in rows]
    known = [one for one in seconds if one is not None]
    return QueueStatus(
        queued=count("queued"),
        running=count("running"),
        mine_queued=count("queued", (True,)),
        mine_running=count("running", (True,)),
        seconds=sum(known) / max(1, count("running")) if len(known) == len(rows) else None,
    )


def starts(connection: Connection) -> dict[UUID, float]:
    """Return the expected seconds until each queued job starts. The jobs behind one whose time is not known are left
    out."""
    columns = (jobs.c.id, jobs.c.model, LEFT.label("cost"), jobs.c.not_before, now().label("now"))
    running = connection.execute(select(*columns).where(jobs.c.state == "running")).all()
    queued = connection.execute(select(*columns).where(jobs.c.state == "queued").order_by(*CLAIM_ORDER)).all()
    pace = _paces(connection, [*running, *queued])
    free = [_seconds(row, pace) for row in running] or [0.0]
    known = [seconds for seconds in free if seconds is not None]
    return _scheduled(queued, pace, known) if len(known) == len(free) else {}


def _scheduled(queued: Iterable[AnyRow], pace: Mapping[str, float | None], free: list[float]) -> dict[UUID, float]:
    """Give each queued job in turn to the worker that is free first. `free` has the seconds until each worker is free.
    A job that is not due yet holds no worker until then."""
    heapq.heapify(free)
    found: dict[UUID, float] = {}
    for row in queued:
        wait = 0.0 if row.not_before is None else (row.not_before - row.now).total_seconds()
        found[row.id] = max(free[0], wait)
        seconds = _seconds(row, pace)
        if seconds is None:
            break
        if wait <= free[0]:
            heapq.heapreplace(free, free[0] + seconds)
    return found


def seconds_per_cost(connection: Connection, model: str) -> float | None:
    """Return the median of seconds per view-forward over a model's last MEASURED succeeded jobs, or None if there are
    none. The loading of models is not counted."""
    rows = connection.execute(
        select(func.coalesce(jobs.c.steady_seconds, jobs.c.seconds).label("seconds"), jobs.c.cost)
        .where(jobs.c.state == "succeeded", jobs.c.model == model)
        .order_by(jobs.c.finished_at.desc())
        .limit(MEASURED)
    ).all()
    return median(row.seconds / row.cost for row in rows) if rows else None


def _paces(connection: Connection, rows: Iterable[AnyRow]) -> dict[str, float | None]:
    return {model: seconds_per_cost(connection, model) for model in {row.model for row in rows}}


def _seconds(row: AnyRow, pace: Mapping[str, float | None]) -> float | None:
    """Return the seconds that the rest of a job takes, or None if no job of its model has finished."""
    known = pace[row.model]
    return None if known is None else float(row.cost) * known
