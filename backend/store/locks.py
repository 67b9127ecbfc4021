"""Locks of the database that are no rows. On SQLite they are not needed, because it has one writer at a time."""

from sqlalchemy import Connection, text

RUNNING, UPLOADS, LAYOUTS, CLAIMS = range(0x1A7A, 0x1A7E)  # kinds of locks; no other program may use the numbers


def lock_owner(connection: Connection, kind: int, owner: str) -> None:
    """Wait for a lock of an owner, and hold it until the transaction ends."""
    if connection.dialect.name != "sqlite":
        lock = text("SELECT pg_advisory_xact_lock(:kind, hashtext(:owner))")
        connection.execute(lock, {"kind": kind, "owner": owner})


def try_lock(connection: Connection, kind: int, number: int) -> bool:
    """Lock a number until the transaction ends. Returns False if another transaction holds this lock."""
    if connection.dialect.name == "sqlite":
        return True
    lock = text("SELECT pg_try_advisory_xact_lock(:kind, :number)")
    return bool(connection.scalar(lock, {"kind": kind, "number": number % 2**31}))
