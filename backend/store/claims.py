"""The choice of the job that a worker takes (docs/protocol.md, Claims).

A worker takes the first job that it may take. It passes over that job, a bounded number of times, for one of the next
jobs of the same priority whose model it has loaded. Workers that choose at the same time take the first, the second,
and so on.

SQLite has one writer at a time. On Postgres, a claim locks the number of the job that it is taking (an advisory lock)
until it commits. Other claims step over a job only if another claim holds that lock. For other locks of its row, which
a cancel request or a move holds for a moment, they wait. So no job is overtaken because its row happens to be locked.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from backend.store.locks import CLAIMS, RUNNING, lock_owner, try_lock
from backend.store.rows import AnyRow
from backend.store.tables import CLAIM_ORDER, EVERYBODY, jobs, now, pauses, users

CANDIDATES = 8  # a claim looks for a loaded model among this many queued jobs
SKIPS = 3  # the first job is passed over at most this often for a job whose model is loaded
AT_ONCE = 32  # a claim reads this many jobs, so that this many claims at the same time each find one

DUE = (jobs.c.state == "queued", or_(jobs.c.not_before.is_(None), jobs.c.not_before <= now()))
"""The condition for queued jobs whose time has come."""

_PAUSED_OWNER = (
    select(pauses.c.owner)
    .where(or_(pauses.c.owner == EVERYBODY, pauses.c.owner == jobs.c.owner))
    .correlate(jobs)
    .exists()
)
_DISABLED_OWNER = select(users.c.name).where(users.c.name == jobs.c.owner, users.c.disabled).correlate(jobs).exists()
CLAIMABLE = (*DUE, ~jobs.c.paused, ~_PAUSED_OWNER, ~_DISABLED_OWNER)
"""The condition for jobs that a worker may claim now, as far as their owner has not enough running ones."""


class TakenMeanwhile(Exception):
    """The queue has changed since the candidates were read. The claim begins again, in a new transaction."""


def candidates(connection: Connection, running: int | None) -> Sequence[AnyRow]:
    """Return the first jobs that a worker may claim, in order. No owner may have more than `running` jobs that run."""
    query = select(jobs.c.id, jobs.c.number, jobs.c.owner, jobs.c.model, jobs.c.priority, jobs.c.skips)
    query = query.where(*CLAIMABLE).order_by(*CLAIM_ORDER).limit(AT_ONCE)
    if running is not None:
        at_work = select(jobs.c.owner).where(jobs.c.state == "running").group_by(jobs.c.owner)
        busy = connection.scalars(at_work.having(func.count() >= running)).all()
        query = query.where(jobs.c.owner.not_in(busy))
    return connection.execute(query).all()


def reserved(
    connection: Connection, near: Sequence[AnyRow], loaded: frozenset[str], running: int | None
) -> Iterator[AnyRow]:
    """Yield the jobs that this claim may try to take, the best first. No other claim can take a yielded job meanwhile,
    but it may have done so just before.

    Raises TakenMeanwhile if the first job may not be passed over any more, or if the owner has enough running jobs.
    """
    for job in _preferred(connection, near, loaded):
        if try_lock(connection, CLAIMS, job.number):
            if running is not None:
                _check_running(connection, job.owner, running)
            yield job


def _preferred(connection: Connection, near: Sequence[AnyRow], loaded: frozenset[str]) -> Sequence[AnyRow]:
    """Return the jobs in the order in which this worker wants them. If it passes over the first one, count this."""
    head = near[0]
    if not loaded or head.model in loaded or head.skips >= SKIPS:
        return near
    warm = [job for job in near[:CANDIDATES] if job.model in loaded and job.priority == head.priority]
    if not warm:
        return near
    counted = update(jobs).where(jobs.c.id == head.id, jobs.c.state == "queued", jobs.c.skips < SKIPS)
    if connection.execute(counted.values(skips=jobs.c.skips + 1)).rowcount == 0:
        raise TakenMeanwhile
    return warm


def _check_running(connection: Connection, owner: str, running: int) -> None:
    """Check again that an owner has fewer than `running` jobs that run, while no other claim takes one of theirs."""
    lock_owner(connection, RUNNING, owner)
    mine: tuple[ColumnElement[bool], ...] = (jobs.c.owner == owner, jobs.c.state == "running")
    if (connection.scalar(select(func.count()).select_from(jobs).where(*mine)) or 0) >= running:
        raise TakenMeanwhile
