"""Saved layouts: an owner's job documents that are stored under a name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, insert, select, update

from backend.contracts.document import Document
from backend.contracts.job import Job
from backend.contracts.uploads import named
from backend.store.database import Database
from backend.store.errors import NotFound
from backend.store.limits import NO_LIMITS, OwnerLimits
from backend.store.locks import LAYOUTS, lock_owner
from backend.store.rows import AnyRow
from backend.store.search_text import normal
from backend.store.tables import now, saved_layouts
from backend.store.uploads import hold_for_layout


class SavedLayout(Document):
    id: UUID
    name: str
    document: Job
    created_at: datetime
    updated_at: datetime


class Layouts:
    """The saved layouts. Every method that takes an id raises NotFound if the owner has no such layout."""

    def __init__(self, database: Database, limits: OwnerLimits = NO_LIMITS) -> None:
        self._database = database
        self._limits = limits

    def create(self, owner: str, name: str, document: Job) -> SavedLayout:
        """Save a document under a name. Raises LimitReached if the owner may not save another one."""
        id = uuid4()
        values = {"id": id, "owner": owner, "name": name, "document": document.model_dump_json()}
        with self._database.begin() as connection:
            lock_owner(connection, LAYOUTS, owner)
            self._limits.check_layouts(connection, owner)
            connection.execute(insert(saved_layouts).values(**values, created_at=now(), updated_at=now()))
            hold_for_layout(connection, owner, id, [one.id for one in named(document)])
            row = _find(connection, owner, id)
        return _layout(row)

    def get(self, owner: str, id: UUID) -> SavedLayout:
        with self._database.read() as connection:
            row = _find(connection, owner, id)
        return _layout(row)

    def update(self, owner: str, id: UUID, name: str | None = None, document: Job | None = None) -> SavedLayout:
        """Replace a layout's name, its document, or both. What is None stays as it is."""
        values: dict[str, Any] = {"updated_at": now()}
        if name is not None:
            values["name"] = name
        if document is not None:
            values["document"] = document.model_dump_json()
        with self._database.begin() as connection:
            connection.execute(update(saved_layouts).where(*_of(owner, id)).values(**values))
            row = _find(connection, owner, id)
            if document is not None:
                hold_for_layout(connection, owner, id, [one.id for one in named(document)])
        return _layout(row)

    def delete(self, owner: str, id: UUID) -> None:
        with self._database.begin() as connection:
            gone = connection.execute(delete(saved_layouts).where(*_of(owner, id)))
        if gone.rowcount == 0:
            raise _not_found(id)

    def search(
        self, owner: str, words: Sequence[str] = (), after: UUID | None = None, limit: int = 200
    ) -> list[SavedLayout]:
        """Return an owner's layouts whose names contain all `words` of `search_words`, the most recently changed one
        first. With `after`, only layouts that follow that one are returned."""
        mine = saved_layouts.c.owner == owner
        newest = (saved_layouts.c.updated_at.desc(), saved_layouts.c.id)
        with self._database.read() as connection:
            names = connection.execute(select(saved_layouts.c.id, saved_layouts.c.name).where(mine).order_by(*newest))
            ids = {row.id: normal(row.name) for row in names}
            if after is not None and after not in ids:
                raise _not_found(after)
            place = 0 if after is None else [*ids].index(after) + 1
            found = [id for id in [*ids][place:] if all(word in ids[id] for word in words)][:limit]
            query = select(saved_layouts).where(mine, saved_layouts.c.id.in_(found)).order_by(*newest)
            rows = connection.execute(query).all()
        return [_layout(row) for row in rows]


def _of(owner: str, id: UUID) -> tuple[Any, Any]:
    return saved_layouts.c.owner == owner, saved_layouts.c.id == id


def _find(connection: Connection, owner: str, id: UUID) -> AnyRow:
    row = connection.execute(select(saved_layouts).where(*_of(owner, id))).one_or_none()
    if row is None:
        raise _not_found(id)
    return row


def _layout(row: AnyRow) -> SavedLayout:
    return SavedLayout(
        id=row.id,
        name=row.name,
        document=Job.model_validate_json(row.document),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _not_found(id: UUID) -> NotFound:
    return NotFound(f"There is no saved layout {id}. The list of layouts shows the existing ones.")
