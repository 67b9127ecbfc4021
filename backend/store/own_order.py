"""The order of waiting jobs, as people change it.

Each waiting job has a place in the queue: its start in virtual time. An owner's jobs may exchange their places. Jobs of
other owners keep theirs, so no owner gets ahead of another one by it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select, update

from backend.store.rows import AnyRow
from backend.store.shares import CHARGED
from backend.store.tables import CLAIM_ORDER, jobs


def waiting_jobs(connection: Connection, owner: str) -> Sequence[AnyRow]:
    """Return the columns CHARGED of an owner's queued jobs, in order. The rows stay locked until the transaction
    ends."""
    mine = select(*CHARGED).where(jobs.c.owner == owner, jobs.c.state == "queued")
    return connection.execute(mine.order_by(*CLAIM_ORDER).with_for_update(key_share=True)).all()


def waiting_job(connection: Connection, id: UUID) -> AnyRow | None:
    """Return the columns CHARGED of a queued job of any owner, or None if it is not queued."""
    return connection.execute(select(*CHARGED).where(jobs.c.id == id, jobs.c.state == "queued")).one_or_none()


def go_before(connection: Connection, job: AnyRow, other: AnyRow) -> None:
    """Put a queued job directly before a job of another owner that has the same priority. All jobs before that one make
    room by one unit of virtual time; their order stays. Of two jobs with the same start, the older one comes first."""
    start, number = jobs.c.virtual_start, jobs.c.number
    ahead = or_(start < other.virtual_start, and_(start == other.virtual_start, number < other.number))
    before = (jobs.c.state == "queued", jobs.c.priority == other.priority, ahead)
    connection.execute(select(jobs.c.id).where(*before).order_by(*CLAIM_ORDER).with_for_update(key_share=True))
    connection.execute(update(jobs).where(*before).values(virtual_start=start - 1))
    place = other.virtual_start - (job.number > other.number)
    connection.execute(update(jobs).where(jobs.c.id == job.id).values(virtual_start=place))


def move(connection: Connection, owner: str, id: UUID, place: int) -> None:
    """Give a queued job the place `place` among its owner's queued jobs, counted from 0. The jobs between its old and
    its new place each take the next one. It passes no job of another priority, so it may come to the nearest place that
    its priority has. If the job is not queued, nothing changes. The caller has locked the owner's account."""
    waiting = waiting_jobs(connection, owner)
    old = next((index for index, one in enumerate(waiting) if one.id == id), None)
    if old is None:
        return
    same = [index for index, one in enumerate(waiting) if one.priority == waiting[old].priority]
    new = min(max(place, same[0]), same[-1])
    if new == old:
        return
    order = [*waiting[:old], *waiting[old + 1 :]]
    order.insert(new, waiting[old])
    _take_places(connection, owner, order[min(old, new) : same[-1] + 1], waiting[min(old, new) : same[-1] + 1])


def _take_places(connection: Connection, owner: str, order: Sequence[AnyRow], places: Sequence[AnyRow]) -> None:
    """Give each job of `order` the place of the same index. A job that would pass a job of another owner in its new
    place, or an own job before it, stands one unit of virtual time later."""
    last: tuple[int, int] | None = None
    for job, place in zip(order, places, strict=True):
        start = place.virtual_start
        if job.id != place.id:
            start += _passes_another(connection, owner, job.number, place)
        if last is not None and (start, job.number) < last:
            start = last[0] + (job.number < last[1])
        if start != job.virtual_start:
            connection.execute(update(jobs).where(jobs.c.id == job.id).values(virtual_start=start))
        last = (start, job.number)


def _passes_another(connection: Connection, owner: str, number: int, place: AnyRow) -> bool:
    """Tell whether a job in this place would pass a job of another owner. Of two jobs with the same start, the older
    one comes first."""
    between = (jobs.c.number > number, jobs.c.number < place.number)
    same = (jobs.c.state == "queued", jobs.c.owner != owner, jobs.c.virtual_start == place.virtual_start)
    return connection.execute(select(jobs.c.id).where(*same, *between).limit(1)).one_or_none() is not None
