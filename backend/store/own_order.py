"""The order of an owner's own waiting jobs.

Each waiting job has a place in the queue: its start in virtual time. An owner's jobs may exchange their places. Jobs of
other owners keep theirs, so no owner gets ahead of another one by it.
"""

from uuid import UUID

from sqlalchemy import Connection, select, update

from backend.store.rows import AnyRow
from backend.store.tables import CLAIM_ORDER, jobs


def put_first(connection: Connection, owner: str, id: UUID) -> None:
    """Give a queued job the first place of its owner's queued jobs of the same priority. Each job before it takes the
    place of the next one. Without such jobs, or if the job is not queued, nothing changes."""
    priority = select(jobs.c.priority).where(jobs.c.id == id).scalar_subquery()
    mine = (
        select(jobs.c.id, jobs.c.number, jobs.c.virtual_start)
        .where(jobs.c.owner == owner, jobs.c.state == "queued", jobs.c.priority == priority)
        .order_by(*CLAIM_ORDER)
        .with_for_update()
    )
    waiting = connection.execute(mine).all()
    last = next((index for index, one in enumerate(waiting) if one.id == id), 0)
    places = waiting[: last + 1]
    for job, place in zip([waiting[last], *waiting[:last]], places, strict=True) if last else ():
        start = place.virtual_start + _passes_another(connection, owner, job.number, place)
        connection.execute(update(jobs).where(jobs.c.id == job.id).values(virtual_start=start))


def _passes_another(connection: Connection, owner: str, number: int, place: AnyRow) -> bool:
    """Tell whether a job in this place would pass a job of another owner. Of two jobs with the same start, the older
    one comes first."""
    between = (jobs.c.number > number, jobs.c.number < place.number)
    same = (jobs.c.state == "queued", jobs.c.owner != owner, jobs.c.virtual_start == place.virtual_start)
    return connection.execute(select(jobs.c.id).where(*same, *between).limit(1)).one_or_none() is not None
