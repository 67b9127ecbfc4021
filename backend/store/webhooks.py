"""The webhooks of owners and of jobs, and the secrets that sign their posts."""

import base64
import json
import secrets
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from backend.contracts.limits import MAX_WEBHOOKS
from backend.contracts.webhooks import NewWebhook, Webhook
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.rows import AnyRow
from backend.store.tables import now, webhook_secrets, webhooks


class Webhooks:
    """The webhooks that an owner made. Those of single jobs are not listed; they go with their job."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, owner: str, new: NewWebhook) -> Webhook:
        """Make a webhook for the events of all jobs of an owner. Raises Conflict if the owner has MAX_WEBHOOKS."""
        with self._database.begin() as connection:
            _secret(connection, owner)  # locks the owner's row, so that two requests are counted one after the other
            count = select(func.count()).select_from(webhooks).where(*_own(owner))
            if (connection.scalar(count) or 0) >= MAX_WEBHOOKS:
                raise Conflict(f"You have {MAX_WEBHOOKS} webhooks, the most that an owner may have. Delete one first.")
            id = add(connection, owner, new)
            row = connection.execute(select(webhooks).where(webhooks.c.id == id)).one()
        return _webhook(row)

    def all(self, owner: str) -> list[Webhook]:
        """Return an owner's webhooks, the newest first."""
        query = select(webhooks).where(*_own(owner)).order_by(webhooks.c.created_at.desc(), webhooks.c.id)
        with self._database.read() as connection:
            return [_webhook(row) for row in connection.execute(query)]

    def delete(self, owner: str, id: UUID) -> None:
        """Delete a webhook and its deliveries. Raises NotFound if the owner has no such webhook."""
        with self._database.begin() as connection:
            gone = connection.execute(delete(webhooks).where(*_own(owner), webhooks.c.id == id))
        if gone.rowcount == 0:
            raise NotFound(f"There is no webhook {id}. The list of webhooks shows the existing ones.")

    def secret(self, owner: str) -> str:
        """Return the secret that signs an owner's posts. The first call makes it."""
        with self._database.begin() as connection:
            return _secret(connection, owner)

    def rotate_secret(self, owner: str) -> str:
        """Make a new secret. The former one signs as well until the next rotation, so that receivers can change in
        their own time."""
        with self._database.begin() as connection:
            former = _secret(connection, owner)
            mine = webhook_secrets.update().where(webhook_secrets.c.owner == owner)
            connection.execute(mine.values(secret=_new_secret(), former=former))
            return _secret(connection, owner)


def add(connection: Connection, owner: str, new: NewWebhook, job: UUID | None = None) -> UUID:
    """Insert a webhook of an owner, or with `job` of that job only. Returns its id."""
    _secret(connection, owner)
    id, events = uuid4(), json.dumps(sorted(set(new.events)))
    row = {"id": id, "owner": owner, "job_id": job, "url": new.url, "events": events, "enabled": True}
    connection.execute(insert(webhooks).values(**row, created_at=now()))
    return id


def _secret(connection: Connection, owner: str) -> str:
    """Return an owner's secret, and make it if there is none. Locks its row until the transaction ends."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = make(webhook_secrets).values(owner=owner, secret=_new_secret())
    same = row.on_conflict_do_update(index_elements=[webhook_secrets.c.owner], set_={"owner": owner})
    return connection.execute(same.returning(webhook_secrets.c.secret)).scalar_one()


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _own(owner: str) -> tuple[Any, ...]:
    return webhooks.c.owner == owner, webhooks.c.job_id.is_(None)


def _webhook(row: AnyRow) -> Webhook:
    return Webhook(
        id=row.id, url=row.url, events=json.loads(row.events), enabled=row.enabled, created_at=row.created_at
    )
