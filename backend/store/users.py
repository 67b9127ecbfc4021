"""Users and their API keys. `backend.store.credentials` checks the keys that callers show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import Connection, delete, exists, func, insert, literal, null, select, update
from sqlalchemy.exc import IntegrityError

from backend.contracts.access import Key, NewKey, Scope, User
from backend.store.credentials import HINT, WORKS, digest, new_key
from backend.store.database import Database
from backend.store.errors import Conflict, NotFound
from backend.store.tables import keys, now, users, webhook_secrets, webhooks

DAY = 24 * 3600.0


class Users:
    """The users and their keys. Methods that take a user or a key raise NotFound if it does not exist."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str) -> User:
        """Add a user. Raises Conflict if there is one of that name already."""
        try:
            with self._database.begin() as connection:
                connection.execute(insert(users).values(name=name, disabled=False, created_at=now()))
        except IntegrityError as error:
            raise Conflict(f"There is a user {name} already. Choose another name.") from error
        return self.get(name)

    def get(self, name: str) -> User:
        found = [user for user in self.all() if user.name == name]
        if not found:
            raise _no_user(name)
        return found[0]

    def all(self) -> list[User]:
        """Return the users in the order of their names."""
        working = func.count(keys.c.id).filter(WORKS)
        used = func.max(keys.c.used_at, type_=keys.c.used_at.type)
        query = select(users, working.label("keys"), used.label("used_at")).outerjoin_from(users, keys)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(users.c.name).order_by(users.c.name)).all()
        return [User(**row._mapping) for row in rows]

    def disable(self, name: str, disabled: bool) -> User:
        """Disable a user, whose keys then open nothing, or enable them again."""
        with self._database.begin() as connection:
            changed = connection.execute(update(users).where(users.c.name == name).values(disabled=disabled))
        if changed.rowcount == 0:
            raise _no_user(name)
        return self.get(name)

    def remove(self, name: str, *, even_the_last: bool = False) -> None:
        """Remove a user, their keys, their webhooks and the secret that signs those. Their jobs stay; whoever gets this
        name later owns them.

        Raises Conflict for the last user, unless `even_the_last`: a server on a loopback address that has no users asks
        nobody for a key.
        """
        with self._database.begin() as connection:
            if not even_the_last and not connection.scalar(select(exists().where(users.c.name != name))):
                raise Conflict(
                    f"{name} is the last user. Without users, a server on a loopback address asks nobody for a key. "
                    "Disable the user instead, or run `inlay users remove --last` if you want that."
                )
            if connection.execute(delete(users).where(users.c.name == name)).rowcount == 0:
                raise _no_user(name)
            for table in (webhooks, webhook_secrets):
                connection.execute(delete(table).where(table.c.owner == name))

    def add_key(self, name: str, scope: Scope, label: str = "", days: float | None = None) -> NewKey:
        """Make a key for a user. It expires after `days`; None: never."""
        with self._database.begin() as connection:
            if connection.scalar(select(users.c.name).where(users.c.name == name)) is None:
                raise _no_user(name)
            expires = null() if days is None else now(days * DAY)
            return _made(connection, name, scope, label, expires, uuid4())

    def keys_of(self, name: str | None = None) -> list[Key]:
        """Return the keys of a user, or of all users, the newest first."""
        if name is not None:
            self.get(name)
        with self._database.read() as connection:
            return _keys(connection, literal(True) if name is None else keys.c.owner == name)

    def rotate(self, id: UUID, overlap_seconds: float) -> NewKey:
        """Make a key in the place of another one, which works for `overlap_seconds` longer. The new key lives as long
        as the old one was made for. Raises Conflict if the old key does not work any more, or was rotated already: its
        life is not known then."""
        with self._database.begin() as connection:
            connection.execute(select(keys.c.id).where(keys.c.id == id).with_for_update())
            old, successor = _find(connection, id), _successor(id)
            if not old.works:
                raise Conflict(f"The key {_short(id)} does not work any more, so it cannot be rotated. Make a new key.")
            if connection.scalar(select(exists().where(keys.c.id == successor))):
                raise Conflict(
                    f"The key {_short(id)} was rotated already, and the key {_short(successor)} is in its place. "
                    "Rotate that one, or make a new key."
                )
            life = None if old.expires_at is None else (old.expires_at - old.created_at).total_seconds()
            expires = null() if life is None else now(life)
            made = _made(connection, old.user, old.scope, old.label, expires, successor)
            sooner = (keys.c.expires_at.is_(None)) | (keys.c.expires_at > now(overlap_seconds))
            connection.execute(update(keys).where(keys.c.id == id, sooner).values(expires_at=now(overlap_seconds)))
        return made

    def revoke(self, id: UUID) -> Key:
        """Revoke a key. From now on it opens nothing, and neither do the sign-ins that were made with it. A key that
        is revoked already stays as it is."""
        with self._database.begin() as connection:
            connection.execute(
                update(keys).where(keys.c.id == id).values(revoked_at=func.coalesce(keys.c.revoked_at, now()))
            )
            return _find(connection, id)


def _successor(id: UUID) -> UUID:
    """Return the id of the key that a rotation puts in the place of this one."""
    return uuid5(id, "successor")


def _made(connection: Connection, name: str, scope: Scope, label: str, expires: Any, id: UUID) -> NewKey:
    secret = new_key()
    row = {"id": id, "owner": name, "hash": digest(secret), "hint": secret[:HINT], "label": label, "scope": scope}
    connection.execute(insert(keys).values(**row, created_at=now(), expires_at=expires))
    return NewKey(key=_find(connection, id), secret=secret)


def _keys(connection: Connection, condition: Any) -> list[Key]:
    query = select(keys, WORKS.label("works")).join(users).where(condition)
    rows: Sequence[Any] = connection.execute(query.order_by(keys.c.created_at.desc(), keys.c.id)).all()
    return [_key(row) for row in rows]


def _key(row: Any) -> Key:
    times: dict[str, datetime | None] = {name: row._mapping[name] for name in ("expires_at", "used_at", "revoked_at")}
    return Key(
        id=row.id,
        user=row.owner,
        hint=row.hint,
        label=row.label,
        scope=row.scope,
        created_at=row.created_at,
        works=row.works,
        **times,
    )


def _find(connection: Connection, id: UUID) -> Key:
    found = _keys(connection, keys.c.id == id)
    if not found:
        raise NotFound(f"There is no key {_short(id)}. The list of keys shows the existing ones.")
    return found[0]


def _short(id: UUID) -> str:
    return str(id)[:8]


def _no_user(name: str) -> NotFound:
    return NotFound(f"There is no user {name}. The list of users shows the existing ones.")
