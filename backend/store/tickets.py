"""Single-use tickets that open a stream. A ticket is 256 random bits; only its SHA-256 is stored.

A slow hash is not needed: it would protect passwords that can be guessed, and a ticket cannot be guessed.
"""

import hashlib
import secrets

from sqlalchemy import delete, insert

from backend.store.database import Database
from backend.store.tables import now, tickets

TICKET_SECONDS = 30


class Tickets:
    """The stream tickets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, owner: str) -> str:
        """Issue a ticket that opens one stream within TICKET_SECONDS."""
        ticket = secrets.token_urlsafe(32)
        row = {"owner": owner, "hash": _hash(ticket), "expires_at": now(TICKET_SECONDS)}
        with self._database.begin() as connection:
            connection.execute(insert(tickets).values(**row))
        return ticket

    def consume(self, ticket: str) -> str | None:
        """Return the owner of a ticket and delete the ticket. Returns None if the ticket is unknown, used
        or expired."""
        mine = (tickets.c.hash == _hash(ticket), tickets.c.expires_at > now())
        with self._database.begin() as connection:
            return connection.execute(delete(tickets).where(*mine).returning(tickets.c.owner)).scalar_one_or_none()

    def expire(self) -> int:
        """Delete the tickets that have expired. Returns their number."""
        with self._database.begin() as connection:
            return connection.execute(delete(tickets).where(tickets.c.expires_at <= now())).rowcount


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
