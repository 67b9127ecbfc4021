"""Statistics for operators. They are counted in the database, so every process gives the same answer, even after a
restart."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select

from backend.contracts.job import JobState
from backend.contracts.processes import Process
from backend.contracts.webhooks import DeliveryState
from backend.store.database import Database
from backend.store.processes import Processes
from backend.store.tables import deliveries, jobs, now
from backend.store.tallies import JobClass, Sums, sums


class Waiting(NamedTuple):
    """The queued jobs of a class: their number, and how many seconds the oldest has waited."""

    jobs: int = 0
    oldest_seconds: float = 0.0


class Statistics(NamedTuple):
    """The counts of all owners. `states` is the number of jobs in each state that occurs, and `waiting` that of the
    queued ones by class. `deliveries` is the number of deliveries to webhooks in each state, of the last days.
    `tallies` are the counts that only rise. `processes` are those that were seen within the last hour."""

    states: dict[JobState, int]
    waiting: dict[JobClass, Waiting]
    deliveries: dict[DeliveryState, int]
    tallies: Sums
    processes: list[Process]


def statistics(database: Database) -> Statistics:
    """Count the jobs of all owners. Deleted jobs count in `tallies` only."""
    states = select(jobs.c.state, func.count().label("number")).group_by(jobs.c.state)
    kind = _class()
    oldest = (func.count().label("number"), func.min(jobs.c.queued_at).label("since"), now().label("now"))
    queued = select(kind.label("kind"), *oldest).where(jobs.c.state == "queued").group_by(kind)
    posts = select(deliveries.c.state, func.count().label("number")).group_by(deliveries.c.state)
    with database.read() as connection:
        by_state: dict[JobState, int] = {row.state: row.number for row in connection.execute(states)}
        waiting = {row.kind: Waiting(row.number, _seconds(row)) for row in connection.execute(queued)}
        posted: dict[DeliveryState, int] = {row.state: row.number for row in connection.execute(posts)}
        counted = sums(connection)
    return Statistics(by_state, waiting, posted, counted, Processes(database).all())


def _class() -> ColumnElement[str]:
    """Return the SQL expression of `class_of`."""
    return case((jobs.c.priority < 0, "background"), (jobs.c.priority > 0, "raised"), else_="normal")


def _seconds(row: Any) -> float:
    return max(0.0, (row.now - row.since).total_seconds())
