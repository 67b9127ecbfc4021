"""Who may ask: API keys, and the single-use tickets that open a stream. Both are 256 random bits, kept as SHA-256 only.

A slow hash would add nothing here: what it defends, guessable passwords, does not occur.
"""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, exists, insert, select, update

from backend.store.database import Database
from backend.store.errors import NotFound
from backend.store.tables import api_keys, now, tickets

TICKET_SECONDS = 30


class KeyInfo(NamedTuple):
    """An API key as its owner may see it; the key itself is shown once, when it is made."""

    id: int
    owner: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


class Access:
    """API keys and stream tickets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create_key(self, owner: str, name: str) -> str:
        """A new key of this owner; it cannot be read again later."""
        key = f"inlay_{secrets.token_urlsafe(32)}"
        with self._database.begin() as connection:
            connection.execute(insert(api_keys).values(owner=owner, name=name, hash=_hash(key), created_at=now()))
        return key

    def owner_of(self, key: str) -> str | None:
        """Whose key this is; None for one that is unknown or revoked."""
        valid = (api_keys.c.hash == _hash(key), api_keys.c.revoked_at.is_(None))
        with self._database.read() as connection:
            return connection.scalar(select(api_keys.c.owner).where(*valid))

    def has_keys(self) -> bool:
        """Whether a key was ever made. Revoking the last one does not open the door to everybody."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists(select(api_keys.c.id)))))

    def keys(self) -> list[KeyInfo]:
        """All keys, of all owners, oldest first."""
        columns = (api_keys.c.id, api_keys.c.owner, api_keys.c.name, api_keys.c.created_at, api_keys.c.revoked_at)
        with self._database.read() as connection:
            return [KeyInfo(*row) for row in connection.execute(select(*columns).order_by(api_keys.c.id))]

    def revoke_key(self, id: int) -> None:
        """Refuse this key from now on. NotFound: there is none, or it was revoked before."""
        with self._database.begin() as connection:
            live = (api_keys.c.id == id, api_keys.c.revoked_at.is_(None))
            revoked = connection.execute(update(api_keys).where(*live).values(revoked_at=now()))
        if revoked.rowcount == 0:
            raise NotFound(f"There is no API key {id} that could be revoked; the list of keys has those there are.")

    def issue_ticket(self, owner: str) -> str:
        """A ticket that opens one stream within TICKET_SECONDS."""
        ticket = secrets.token_urlsafe(32)
        row = {"owner": owner, "hash": _hash(ticket), "expires_at": now(TICKET_SECONDS)}
        with self._database.begin() as connection:
            connection.execute(insert(tickets).values(**row))
        return ticket

    def consume_ticket(self, ticket: str) -> str | None:
        """The ticket's owner, once; None for one that is unknown, used or too old."""
        mine = (tickets.c.hash == _hash(ticket), tickets.c.expires_at > now())
        with self._database.begin() as connection:
            return connection.execute(delete(tickets).where(*mine).returning(tickets.c.owner)).scalar_one_or_none()

    def expire_tickets(self) -> int:
        """Delete the tickets that nobody used; returns how many."""
        with self._database.begin() as connection:
            return connection.execute(delete(tickets).where(tickets.c.expires_at <= now())).rowcount


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
