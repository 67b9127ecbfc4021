"""Pauses of the whole queue, and of all jobs of one owner. A single job is paused by its own column."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, select, union
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.tables import EVERYBODY, pauses, users


def set_pause(connection: Connection, owner: str, paused: bool) -> None:
    """Pause or resume an owner's queued jobs; EVERYBODY stands for the whole queue. A repetition changes nothing."""
    if paused:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(pauses).values(owner=owner).on_conflict_do_nothing())
    else:
        connection.execute(delete(pauses).where(pauses.c.owner == owner))


def paused_among(connection: Connection, owners: Collection[str]) -> frozenset[str]:
    """Return which of these owners are paused, and EVERYBODY if the whole queue is. The jobs of a disabled user wait as
    if their owner had paused them."""
    asked = select(pauses.c.owner).where(pauses.c.owner.in_([*owners, EVERYBODY]))
    disabled = select(users.c.name).where(users.c.name.in_(owners), users.c.disabled)
    return frozenset(connection.scalars(union(asked, disabled)))
