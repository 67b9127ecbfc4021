"""The users of the server and their keys, for admins. `inlay users` and `inlay keys` do the same on the server."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from backend.api.auth import check_has_keys
from backend.api.errors import problems
from backend.api.noting import name_objects
from backend.api.scopes import Guarded
from backend.api.services import Inlay
from backend.contracts.access import Key, KeyLabel, NewKey, Scope, User, UserName
from backend.contracts.document import Document
from backend.contracts.limits import MAX_KEY_DAYS

router = APIRouter(route_class=Guarded, prefix="/api", tags=["access"])
Name = Annotated[UserName, Path(description="The user's name.")]


class UserDraft(Document):
    """A new user."""

    name: UserName


class UserChange(Document):
    """A change of a user."""

    disabled: bool


class UserList(BaseModel):
    items: list[User]


class KeyDraft(Document):
    """A new key. It expires after `days`; null: never."""

    user: UserName
    scope: Scope = "submit"
    label: KeyLabel = ""
    days: Annotated[float, Field(gt=0, le=MAX_KEY_DAYS)] | None = None


class Rotation(Document):
    """A rotation of a key: the old one works for so many hours longer."""

    hours: Annotated[float, Field(ge=0, le=8760)] = 24.0


class KeyList(BaseModel):
    items: list[Key]


@router.get("/users", operation_id="listUsers", responses=problems())
def users(inlay: Inlay) -> UserList:
    """List the users by name. The owners of keys in the settings are not among them."""
    return UserList(items=inlay.users.all())


@router.post("/users", operation_id="createUser", status_code=201, responses=problems(409, body=True))
def add_user(draft: UserDraft, inlay: Inlay, request: Request) -> User:
    """Add a user."""
    check_has_keys(inlay)
    name_objects(request, [draft.name])
    return inlay.users.add(draft.name)


@router.patch("/users/{name}", operation_id="changeUser", responses=problems(404, body=True))
def change_user(name: Name, change: UserChange, inlay: Inlay) -> User:
    """Disable a user, whose keys then open nothing and whose queued jobs wait, or enable them again."""
    return inlay.users.disable(name, change.disabled)


@router.delete("/users/{name}", operation_id="deleteUser", status_code=204, responses=problems(404, 409, 422))
def remove_user(name: Name, inlay: Inlay) -> None:
    """Remove a user, their keys and their webhooks. Their jobs stay. The last user cannot be removed here."""
    inlay.users.remove(name)


@router.get("/keys", operation_id="listKeys", responses=problems())
def keys(inlay: Inlay) -> KeyList:
    """List the keys of all users, the newest first."""
    return KeyList(items=inlay.users.keys_of())


@router.post("/keys", operation_id="createKey", status_code=201, responses=problems(404, body=True))
def add_key(draft: KeyDraft, inlay: Inlay, request: Request, response: Response) -> NewKey:
    """Make a key for a user. The answer holds the key itself, which is not shown again."""
    made = inlay.users.add_key(draft.user, draft.scope, draft.label, draft.days)
    return _shown_once(made, request, response)


@router.post("/keys/{id}/rotate", operation_id="rotateKey", status_code=201, responses=problems(404, 409, body=True))
def rotate(id: UUID, rotation: Rotation, inlay: Inlay, request: Request, response: Response) -> NewKey:
    """Make a key in the place of an old one, with the same user, scope and label. For a while, both work. A key is
    rotated once."""
    return _shown_once(inlay.users.rotate(id, rotation.hours * 3600), request, response)


@router.post("/keys/{id}/revoke", operation_id="revokeKey", responses=problems(404, 422))
def revoke(id: UUID, inlay: Inlay) -> Key:
    """Revoke a key. From now on it opens nothing, and browsers that signed in with it are signed out."""
    return inlay.users.revoke(id)


def _shown_once(made: NewKey, request: Request, response: Response) -> NewKey:
    name_objects(request, [str(made.key.id)])
    response.headers["Cache-Control"] = "no-store"
    return made
