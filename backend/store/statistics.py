"""Statistics for operators. They are counted in the database, so every process gives the same answer, even after a
restart."""

from typing import NamedTuple

from sqlalchemy import case, func, select

from backend.contracts.job import JobState
from backend.store.database import Database
from backend.store.tables import jobs, now


class Durations(NamedTuple):
    """The succeeded jobs of one model: their number, their seconds, and their view-forwards."""

    jobs: int
    seconds: float
    cost: int


class Statistics(NamedTuple):
    """The counts of all owners' jobs. `states` is the number of jobs in each state that occurs. `oldest_queued_seconds`
    is how long the oldest queued job has waited, or 0 if none waits. `durations` is by model."""

    states: dict[JobState, int]
    oldest_queued_seconds: float
    durations: dict[str, Durations]


def statistics(database: Database) -> Statistics:
    """Count the jobs of all owners. Deleted jobs do not count."""
    states = select(jobs.c.state, func.count().label("number")).group_by(jobs.c.state)
    oldest = select(func.min(jobs.c.queued_at).label("since"), now().label("now")).where(jobs.c.state == "queued")
    last = case((jobs.c.checkpoint.is_(None), jobs.c.steps), else_=jobs.c.step)  # only stopped jobs have a checkpoint
    cost = func.sum(jobs.c.cost * (last - jobs.c.first_step) * 1.0 / jobs.c.steps).label("cost")
    sums = func.count().label("number"), func.sum(jobs.c.seconds).label("seconds"), cost
    done = select(jobs.c.model, *sums).where(jobs.c.state == "succeeded").group_by(jobs.c.model)
    with database.read() as connection:
        by_state = {row.state: row.number for row in connection.execute(states)}
        first = connection.execute(oldest).one()
        durations = {
            row.model: Durations(row.number, float(row.seconds), round(row.cost)) for row in connection.execute(done)
        }
    waited = 0.0 if first.since is None else (first.now - first.since).total_seconds()
    return Statistics(by_state, max(0.0, waited), durations)
