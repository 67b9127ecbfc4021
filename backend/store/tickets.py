"""Single-use tickets that open a stream. A ticket is 256 random bits; only its SHA-256 is stored.

A slow hash is not needed: it would protect passwords that can be guessed, and a ticket cannot be guessed.
"""

import secrets

from sqlalchemy import delete, insert

from backend.store.credentials import Credential, credential, digest
from backend.store.database import Database
from backend.store.tables import now, tickets

TICKET_SECONDS = 30


class Tickets:
    """The stream tickets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, caller: Credential) -> str:
        """Issue a ticket that opens one stream within TICKET_SECONDS."""
        ticket = secrets.token_urlsafe(32)
        row = {
            "caller": credential.dump_json(caller).decode(),
            "hash": digest(ticket),
            "expires_at": now(TICKET_SECONDS),
        }
        with self._database.begin() as connection:
            connection.execute(insert(tickets).values(**row))
        return ticket

    def consume(self, ticket: str) -> Credential | None:
        """Return the credential that asked for a ticket, and delete the ticket. Returns None if the ticket is unknown,
        used or expired."""
        mine = (tickets.c.hash == digest(ticket), tickets.c.expires_at > now())
        with self._database.begin() as connection:
            caller = connection.scalar(delete(tickets).where(*mine).returning(tickets.c.caller))
        return None if caller is None else credential.validate_json(caller)

    def expire(self) -> int:
        """Delete the tickets that have expired. Returns their number."""
        with self._database.begin() as connection:
            return connection.execute(delete(tickets).where(tickets.c.expires_at <= now())).rowcount
