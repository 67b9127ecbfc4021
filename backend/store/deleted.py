"""The deletion of jobs, and the ids of deleted jobs. A new job gets none of these ids.

A job that had one would begin again at fence 0. Then a worker that still runs the deleted job would keep its lease, and
a browser would show the deleted job's pictures, which it may keep for a year.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, exists, insert, select

from backend.store.database import Database
from backend.store.rows import AnyRow
from backend.store.shares import CHARGED
from backend.store.tables import deleted_jobs, jobs, now

REMEMBERED_SECONDS = 400 * 24 * 3600.0  # longer than the year for which browsers may keep pictures


def delete_jobs(connection: Connection, *chosen: Any) -> Sequence[AnyRow]:
    """Delete the jobs that meet all conditions, and remember their ids. Returns their columns CHARGED, and their
    states."""
    gone = connection.execute(delete(jobs).where(*chosen).returning(*CHARGED, jobs.c.state)).all()
    if gone:
        connection.execute(insert(deleted_jobs).values(at=now()), [{"id": row.id} for row in gone])
    return gone


def was_deleted(connection: Connection, id: UUID) -> bool:
    """Return True if a job had this id and was deleted."""
    return bool(connection.scalar(select(exists().where(deleted_jobs.c.id == id))))


def forget_deleted_jobs(database: Database) -> int:
    """Forget the ids of jobs that were deleted long ago. Returns their number."""
    with database.begin() as connection:
        return connection.execute(delete(deleted_jobs).where(deleted_jobs.c.at < now(-REMEMBERED_SECONDS))).rowcount
