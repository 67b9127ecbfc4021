"""Who a caller is, by the key or the sign-in that they show.

A key is 256 random bits, so its plain SHA-256 is kept: a slow hash would protect only secrets that can be guessed. Each
check reads the database, so a revoked key opens nothing in any process from that moment on.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select, update

from backend.contracts.access import Scope
from backend.store.database import Database
from backend.store.tables import keys, now, sessions, users

PREFIX = "inlay_"
HINT = len(PREFIX) + 4  # the characters of a key that lists show
USED_SECONDS = 60.0  # the last use of a key is written at most once in this time


@dataclass(frozen=True)
class Credential:
    """The rights of a caller, and the owner whose they are. `key` is the key of the database that was shown, `entry`
    the SHA-256 of a key in the settings, and `session` the SHA-256 of a browser's sign-in. `proxy` is true if a reverse
    proxy has signed the owner in."""

    owner: str
    scope: Scope
    key: UUID | None = None
    entry: str | None = None
    session: str | None = None
    proxy: bool = False

    @property
    def counted_as(self) -> str | None:
        """The name under which limits count this caller, or None for those whom nobody asked for a key."""
        if self.proxy:
            return f"proxy:{self.owner}"
        return str(self.key) if self.key else self.entry

    @property
    def means(self) -> str:
        """How the caller showed who they are, without a secret: for the audit log."""
        if self.proxy:
            return "proxy"
        key = f"key {str(self.key)[:8]}" if self.key else f"setting {self.entry[:8]}" if self.entry else "no key"
        return f"{key}, browser" if self.session else key


credential = TypeAdapter(Credential)


class KeyRefused(Exception):
    """The key or the sign-in opens nothing, for the reason given."""


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_key() -> str:
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def is_strong(secret: str) -> bool:
    """Return True if a secret has the form of a generated key, which nobody can guess."""
    return secret.startswith(PREFIX) and len(secret) == len(PREFIX) + 43


WORKS: ColumnElement[bool] = and_(
    keys.c.revoked_at.is_(None), or_(keys.c.expires_at.is_(None), keys.c.expires_at > now()), ~users.c.disabled
)
"""A key, joined with its user, opens something now."""

_KEY = (
    keys.c.id,
    keys.c.owner,
    keys.c.scope,
    keys.c.revoked_at,
    users.c.disabled,
    WORKS.label("works"),
    or_(keys.c.used_at.is_(None), keys.c.used_at < now(-USED_SECONDS)).label("unnoted"),
)


class Credentials:
    """Checks keys and sign-ins. `entries` are the keys in the settings: the owner of each SHA-256."""

    def __init__(self, database: Database, entries: Mapping[str, str], session_seconds: float) -> None:
        self._database, self._entries, self._session_seconds = database, entries, session_seconds

    def any_users(self) -> bool:
        """Return True if the database has a user, disabled or not."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists(select(users.c.name)))))

    def of_key(self, secret: str) -> Credential:
        """Return the credential of a key. Raises KeyRefused if it opens nothing."""
        hash = digest(secret)
        with self._database.read() as connection:
            row = connection.execute(select(*_KEY).join_from(keys, users).where(keys.c.hash == hash)).one_or_none()
        return self._of_entry(hash) if row is None else self._of_row(row)

    def of_session(self, secret: str) -> Credential:
        """Return the credential of a browser's sign-in. Raises KeyRefused if it has ended."""
        hash = digest(secret)
        joined = select(*_KEY, sessions.c.entry).select_from(sessions).outerjoin(keys).outerjoin(users)
        with self._database.read() as connection:
            row = connection.execute(joined.where(sessions.c.hash == hash, sessions.c.expires_at > now())).one_or_none()
        if row is None:
            raise KeyRefused("This browser is not signed in, or its sign-in has ended. Sign in with a key.")
        found = self._of_row(row) if row.entry is None else self._of_entry(row.entry)
        return replace(found, session=hash)

    def _of_row(self, row: Any) -> Credential:
        if not row.works:
            why = "has expired" if row.revoked_at is None else "was revoked"
            why = f"belongs to {row.owner}, who is disabled" if row.disabled else why
            raise KeyRefused(f"This key {why}. Ask an admin of this server for another one.")
        if row.unnoted:
            with self._database.begin() as connection:
                connection.execute(update(keys).where(keys.c.id == row.id).values(used_at=now()))
        return Credential(owner=row.owner, scope=row.scope, key=row.id)

    def _of_entry(self, hash: str) -> Credential:
        """Return the credential of a key in the settings. Its owner is refused if a user of that name is disabled."""
        owner = self._entries.get(hash)
        if owner is None:
            raise KeyRefused("This server does not know the key. Copy it again, or ask an admin for one.")
        if self._disabled([owner]):
            raise KeyRefused(f"This key belongs to {owner}, who is disabled. Ask an admin of this server.")
        return Credential(owner=owner, scope="submit", entry=hash)

    def _disabled(self, owners: Collection[str]) -> set[str]:
        with self._database.read() as connection:
            return {*connection.scalars(select(users.c.name).where(users.c.disabled, users.c.name.in_(owners)))}

    def valid(self, shown: Collection[Credential]) -> set[Credential]:
        """Return those of the credentials that would still be accepted."""
        ids = {one.key for one in shown if one.key}
        hashes = {one.session for one in shown if one.session}
        with self._database.read() as connection:
            working = {*connection.scalars(select(keys.c.id).join(users).where(WORKS, keys.c.id.in_(ids)))}
            lasting = select(sessions.c.hash).where(sessions.c.hash.in_(hashes), sessions.c.expires_at > now())
            signed_in = {*connection.scalars(lasting)}
        disabled = self._disabled({one.owner for one in shown})
        return {
            one
            for one in shown
            if one.owner not in disabled
            and (one.key is None or one.key in working)
            and (one.session is None or one.session in signed_in)
        }

    def sign_in(self, secret: str) -> tuple[Credential, str]:
        """Begin a browser's sign-in with a key. Returns its credential, and the new secret that the browser keeps.
        Raises KeyRefused if the key opens nothing."""
        shown, session = self.of_key(secret), secrets.token_urlsafe(32)
        row = {"hash": digest(session), "key_id": shown.key, "entry": shown.entry}
        ends = now(self._session_seconds)
        with self._database.begin() as connection:
            connection.execute(insert(sessions).values(**row, created_at=now(), expires_at=ends))
        return replace(shown, session=row["hash"]), session

    def sign_out(self, session: str) -> None:
        """End the sign-in with this SHA-256."""
        with self._database.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.hash == session))


def expire_sign_ins(database: Database) -> int:
    """Delete the sign-ins that have ended. Returns their number."""
    with database.begin() as connection:
        return connection.execute(delete(sessions).where(sessions.c.expires_at <= now())).rowcount
