"""The memory budgets of the workers, which each worker reports when it starts."""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from backend.store.database import Database
from backend.store.tables import devices, now

REMEMBERED_SECONDS = 30 * 24 * 3600.0
"""The time for which a report counts. It is not a heartbeat: the leases of jobs show if a worker is alive."""


class Devices:
    def __init__(self, database: Database) -> None:
        self._database = database

    def report(self, host: str, budget_bytes: int) -> None:
        """Record that a worker started on a machine, on a device with this memory budget in bytes."""
        row = {"host": host, "budget_bytes": budget_bytes, "seen_at": now()}
        with self._database.begin() as connection:
            insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            statement = insert(devices).values(**row)
            connection.execute(statement.on_conflict_do_update(index_elements=["host"], set_=row))
            connection.execute(delete(devices).where(devices.c.seen_at < now(-REMEMBERED_SECONDS)))

    def largest_budget(self) -> int | None:
        """Return the largest budget of the remembered workers in bytes, or None if no worker is remembered.

        A job that fits into this budget can wait for that worker.
        """
        recent = devices.c.seen_at >= now(-REMEMBERED_SECONDS)
        with self._database.read() as connection:
            return connection.scalar(select(func.max(devices.c.budget_bytes)).where(recent))
