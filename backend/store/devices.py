"""What the workers can load, as each says of its device when it starts."""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.database import Database
from backend.store.tables import devices, now

REMEMBERED_SECONDS = 30 * 24 * 3600.0
"""How long a worker counts that has not started again. It is no sign of life: jobs have leases for that."""


class Devices:
    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, host: str, budget_bytes: int) -> None:
        """A worker has started on a machine, on a device where models may take so much."""
        row = {"host": host, "budget_bytes": budget_bytes, "seen_at": now()}
        with self._database.begin() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            statement = insert(devices).values(**row)
            connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=row))
            connection.execute(delete(devices).where(devices.c.seen_at < now(-REMEMBERED_SECONDS)))

    def largest_budget(self) -> int | None:
        """Of the workers that are remembered, in bytes; None where there is none. A job may wait for the largest."""
        recent = devices.c.seen_at >= now(-REMEMBERED_SECONDS)
        with self._database.read() as connection:
            return connection.scalar(select(func.max(devices.c.budget_bytes)).where(recent))
