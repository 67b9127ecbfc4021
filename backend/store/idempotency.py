"""Requests that are sent again get the job that they made the first time."""

import hashlib
from uuid import UUID

from sqlalchemy import Connection, select

from backend.store.errors import Conflict
from backend.store.rows import RESOURCE, AnyRow
from backend.store.tables import jobs


def key_of(id: UUID) -> str:
    """Return the idempotency key of a request whose client chose the job's id. Clients' own keys have no space."""
    return f"id {id}"


def digest_of(fingerprint: str) -> str:
    """Return the digest by which two requests with the same key are compared."""
    return hashlib.sha256(fingerprint.encode()).hexdigest()


def earlier_job(connection: Connection, owner: str, key: str, digest: str) -> AnyRow | None:
    """Return the job that an earlier request with this idempotency key made. Raises Conflict if that request was
    another one."""
    query = select(*RESOURCE, jobs.c.fingerprint).where(jobs.c.owner == owner, jobs.c.idempotency_key == key)
    row = connection.execute(query).one_or_none()
    if row is not None and row.fingerprint != digest:
        name = f"The {key}" if key.startswith("id ") else f"The idempotency key {key!r}"
        raise Conflict(f"{name} was used for another request. Use a new one for each request.")
    return row
