"""The audit log. Its rows name everything by text, so they stay when a user, a key or a job is deleted."""

from collections.abc import Sequence

from sqlalchemy import String, delete, insert, select

from backend.contracts.audit import AuditEntry
from backend.store.database import Database
from backend.store.tables import audit, now

DAY = 24 * 3600.0
_LENGTH = {column.name: column.type.length for column in audit.c if isinstance(column.type, String)}


class Audit:
    """The audit log. It holds no secrets: a key is named by the beginning of its id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, actor: str, means: str, address: str, action: str, objects: Sequence[str] = ("",), request: str = ""
    ) -> None:
        """Record an act on each of these objects. Control characters are left out of all texts."""
        who = {"actor": actor, "means": means, "address": address, "action": action, "request": request}
        rows = [{name: _plain(name, text) for name, text in {**who, "object": one}.items()} for one in objects]
        if rows:
            with self._database.begin() as connection:
                connection.execute(insert(audit).values(at=now()), rows)

    def page(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        object: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """Return the newest entries that fit, the newest first. With `before`, only entries of smaller numbers."""
        wanted = {audit.c.actor: actor, audit.c.action: action, audit.c.object: object}
        conditions = [column == value for column, value in wanted.items() if value is not None]
        if before is not None:
            conditions.append(audit.c.number < before)
        query = select(audit).where(*conditions).order_by(audit.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            return [AuditEntry(**row._mapping) for row in connection.execute(query)]

    def expire(self, days: float) -> int:
        """Delete the entries that are older than so many days. Returns their number."""
        with self._database.begin() as connection:
            return connection.execute(delete(audit).where(audit.c.at < now(-days * DAY))).rowcount


def _plain(column: str, text: str) -> str:
    """Return a text without control characters, as long as its column takes."""
    return "".join(letter for letter in text if letter.isprintable())[: _LENGTH[column]]
