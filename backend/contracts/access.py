"""Users, their API keys, and what a key may do."""

from datetime import datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import Field

from backend.contracts.document import Document
from backend.contracts.limits import MAX_KEY_LABEL, MAX_USER_NAME

Scope = Literal["read", "submit", "admin"]
"""The rights of a key. `read` may look. `submit` may also change what belongs to its owner. `admin` may also see and
change what belongs to others, and manage users and keys."""

SCOPES: tuple[Scope, ...] = get_args(Scope)
UserName = Annotated[str, Field(min_length=1, max_length=MAX_USER_NAME, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]*$")]
# Control characters, and those that turn the direction of a text around.
_HIDDEN = "\\x00-\\x1f\\x7f-\\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069"
NOTHING_HIDDEN = f"^[^{_HIDDEN}]*$"
KeyLabel = Annotated[str, Field(max_length=MAX_KEY_LABEL, pattern=NOTHING_HIDDEN)]


def includes(scope: Scope, needed: Scope) -> bool:
    """Return True if a key of this scope may do what needs the other one."""
    return SCOPES.index(scope) >= SCOPES.index(needed)


class User(Document):
    """A person or a program that owns jobs. A disabled user's keys open nothing. `keys` counts the keys that work now,
    and `used_at` is when one of the user's keys was last used."""

    name: str
    disabled: bool
    created_at: datetime
    keys: int
    used_at: datetime | None


class Key(Document):
    """An API key. The server keeps only its SHA-256; `hint` is the beginning of the key. `used_at` is exact to a
    minute. A key works until it is revoked or expires, as long as its user is not disabled."""

    id: UUID
    user: str
    hint: str
    label: str
    scope: Scope
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None
    works: bool


class NewKey(Document):
    """A key that was just made. `secret` is the key itself. It is shown only this once."""

    key: Key
    secret: str
